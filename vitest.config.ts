import { defineConfig } from 'vitest/config';

/** Tests that judge no times, and whose processes may wait for each other: two files at once, one for each of CI's cores. */
const SIDE_BY_SIDE = [
  'test/{decisions,fixtures,repository,secrets}.test.ts',
  'test/{bench,cascade,config,dataset,features,groups,heads,image,premodel,profile,report,scene,server,support,teaching}/**/*.test.ts',
  'test/device/{bad-input,energy,here,machines,weir-clocks}.test.ts',
  'test/service/{known,log,status,systemd,unit}.test.ts',
  'test/{decode/{arguments,nut,policies,pts},infer/ladder,simulate/{simulate,trace-file,virtual-time},pipeline/{audits,newest,region-climb,regions-view,reuse}}.test.ts',
  'test/history/{model,opening,retention,sent-time}.test.ts',
  'test/client/{client,iteration,package}.test.ts',
  'test/web/{past,silences,wall,words}.test.ts',
  'test/web/{camera,charts}/*.test.ts',
  'test/deploy/*.test.ts',
  'test/examples/{journal,keeper,labelling,lesson,policy,set,store,taker}.test.ts',
  'test/commands/{audits,config-changes,evaluate,footage-reuse,groups,install-service,run-bad-input,run-device,run-profile,tools,train*}.test.ts',
];

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    setupFiles: ['test/support/own-state.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'side by side',
          include: SIDE_BY_SIDE,
          maxWorkers: 2,
          // Two at once take up to twice as long: what hangs is found all the same.
          testTimeout: 60_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          // Real processes, workers and sockets share two cores: files one after another keep the figures honest. New files
          // are here, unless they are named above.
          name: 'alone',
          include: ['test/**/*.test.ts'],
          exclude: SIDE_BY_SIDE,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
    reporters: process.env.WEIR_TEST_REPORT
      ? ['default', ['json', { outputFile: process.env.WEIR_TEST_REPORT }]]
      : ['default'],
  },
});
