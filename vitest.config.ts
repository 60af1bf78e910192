import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Real processes, workers and sockets share two cores: files one after another keep the figures honest.
    fileParallelism: false,
    reporters: process.env.WEIR_TEST_REPORT
      ? ['default', ['json', { outputFile: process.env.WEIR_TEST_REPORT }]]
      : ['default'],
  },
});
