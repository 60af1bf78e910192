import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ROOT } from '../support/daemon.ts';
import { describeWith, SYSTEMD_ANALYZE } from '../support/parts.ts';

const UNIT = join(ROOT, 'deploy/jetson/weir.service');

/** What systemd 237, of the L4T that runs on a TX2, knows of the directives that such a unit may want. */
const KNOWN_TO_237 = new Set(
  `Description Documentation After Before Wants Requires ConditionPathExists ConditionPathIsDirectory StartLimitIntervalSec
  StartLimitBurst Type NotifyAccess ExecStartPre ExecStart ExecReload ExecStop ExecStopPost Restart RestartSec RestartPreventExitStatus TimeoutStartSec
  TimeoutStopSec WatchdogSec KillMode RootDirectory MountAPIVFS BindPaths BindReadOnlyPaths DynamicUser StateDirectory
  StateDirectoryMode RuntimeDirectory RuntimeDirectoryMode RuntimeDirectoryPreserve Environment UMask SupplementaryGroups
  MemoryMax TasksMax LimitNOFILE LimitCORE NoNewPrivileges CapabilityBoundingSet AmbientCapabilities ProtectSystem ProtectHome
  PrivateTmp PrivateDevices PrivateNetwork ProtectKernelModules ProtectKernelTunables ProtectControlGroups LockPersonality
  MemoryDenyWriteExecute RestrictRealtime RestrictNamespaces RestrictAddressFamilies SystemCallArchitectures
  SystemCallErrorNumber SystemCallFilter DevicePolicy DeviceAllow WantedBy`.split(/\s+/),
);
/** Groups of system calls that came later. */
const LATER_GROUPS = /@(system-service|known|sandbox|pkey)\b/;

const lines = readFileSync(UNIT, 'utf8')
  .split('\n')
  .filter((line) => /^\w+=/.test(line));

test('the unit for a TX2 uses only what its systemd knows', () => {
  expect(lines.length).toBeGreaterThan(30);
  expect(lines.filter((line) => !KNOWN_TO_237.has(line.split('=')[0] ?? ''))).toEqual([]);
  expect(lines.filter((line) => LATER_GROUPS.test(line))).toEqual([]);
});

describeWith([SYSTEMD_ANALYZE], 'systemd-analyze verify', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-test-unit-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What systemd says about the unit in a root that has its program. */
  function verdict(unit: string): string {
    for (const path of ['usr/bin/weir', 'bin/sh']) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), '#!/bin/sh\n');
      chmodSync(join(folder, path), 0o755);
    }
    const path = join(folder, 'weir.service');
    // systemd-analyze looks for programs on this machine, not in the unit's root.
    writeFileSync(path, unit.replace('ExecStart=/usr/bin/weir', `ExecStart=${folder}/usr/bin/weir`));
    // Its warnings are on stderr, also where it ends well.
    return spawnSync('systemd-analyze', ['verify', '--man=no', path], { encoding: 'utf8', timeout: 20_000 }).stderr;
  }

  test('finds nothing wrong with the unit for a TX2, and would', () => {
    const unit = readFileSync(UNIT, 'utf8');
    expect(verdict(unit)).toBe('');
    expect(verdict(unit.replace('Type=notify', 'Type=notified'))).toMatch(/notified/);
  });
});
