import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, test } from 'vitest';

/** Whether the tests may leave out what a missing part would be needed for; CI says no. */
export const REQUIRE_ALL = process.env.WEIR_TEST_REQUIRE === 'all';

/** A part of the machine that some tests need, with how to get it. */
export interface Part {
  readonly name: string;
  readonly present: boolean;
  readonly remedy: string;
}

/** `describe` for tests that need parts: skipped visibly where one is missing, a failure where all are required. */
export function describeWith(parts: Part[], name: string, body: () => void): void {
  const missing = parts.filter(({ present }) => !present);
  if (missing.length === 0) {
    describe(name, body);
    return;
  }
  const reason = missing.map((part) => `${part.name} is missing: ${part.remedy}`).join('; ');
  if (REQUIRE_ALL) {
    test(`${name}: has the parts that it needs`, () => {
      throw new Error(reason);
    });
  } else {
    describe.skip(`${name} (${reason})`, body);
  }
}

function runs(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore', timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

export const SYSTEM_FFMPEG: Part = {
  name: 'a system ffmpeg',
  present: runs('/usr/bin/ffmpeg', '-version'),
  remedy: 'apt-get install ffmpeg',
};

export const RTSP_SERVER: Part = {
  name: 'GStreamer’s RTSP server',
  present: runs(
    '/usr/bin/python3',
    '-c',
    'import gi; gi.require_version("GstRtspServer", "1.0"); from gi.repository import Gio, GstRtspServer; ' +
      'assert Gio.TlsBackend.get_default().supports_tls()',
  ),
  remedy:
    'apt-get install gir1.2-gst-rtsp-server-1.0 python3-gi glib-networking gstreamer1.0-plugins-{base,good,bad,ugly}',
};

export const SHELLCHECK: Part = {
  name: 'shellcheck',
  present: runs('shellcheck', '--version'),
  remedy: 'apt-get install shellcheck',
};

/** Debian has it where only root looks. */
const MOSQUITTO_PATH = ['/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto'].find((path) => existsSync(path));
export const MOSQUITTO: Part & { readonly path: string } = {
  name: 'Mosquitto',
  present: MOSQUITTO_PATH !== undefined,
  remedy: 'apt-get install mosquitto',
  path: MOSQUITTO_PATH ?? '',
};

export const SYSTEMD_ANALYZE: Part = {
  name: 'systemd-analyze',
  present: runs('systemd-analyze', '--version'),
  remedy: 'apt-get install systemd',
};

export const CHROMIUM: Part & { readonly path: string } = {
  name: 'Chromium',
  present: existsSync('/usr/bin/chromium'),
  remedy: 'apt-get install chromium',
  path: '/usr/bin/chromium',
};

export const DASH: Part = { name: 'dash', present: runs('dash', '-c', ':'), remedy: 'apt-get install dash' };

/** Folder with labelled images and clips that do not belong to the repository. */
export const WEIR_DATA = process.env.WEIR_DATA ?? '';
export const DATA: Part = {
  name: 'the extra data',
  present: WEIR_DATA !== '' && existsSync(join(WEIR_DATA, 'clips')),
  remedy: 'set WEIR_DATA to its folder',
};

const VTEST = '/usr/share/doc/opencv-doc/examples/data/vtest.avi';
export const MPEG4_CLIP: Part & { readonly path: string } = {
  name: 'OpenCV’s vtest.avi',
  present: existsSync(VTEST),
  remedy: 'apt-get install opencv-doc',
  path: VTEST,
};

export const BUNDLED_FFMPEG = (createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg') as { path: string }).path;
