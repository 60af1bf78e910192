// The texts that dpkg reads about the package.

/** Who answers for a package: whoever builds it for others names himself with DEB_MAINTAINER. */
const MAINTAINER = process.env.DEB_MAINTAINER || 'Weir <weir@localhost>';

/**
 * `1.2.3-rc.1` is older than `1.2.3`, which Debian writes with a tilde.
 *
 * @param {string} version of package.json
 */
export function debianVersion(version) {
  return `${version.replace('-', '~')}-1`;
}

/**
 * @param {{ version: string, architecture: string, installedKib: number }} about
 */
export function controlOf({ version, architecture, installedKib }) {
  return `Package: weir
Version: ${debianVersion(version)}
Architecture: ${architecture}
Maintainer: ${MAINTAINER}
Installed-Size: ${installedKib}
Depends: libc6 (>= 2.28), libgcc-s1 | libgcc1, libstdc++6 (>= 6)
Suggests: ffmpeg (>= 7:4.1)
Section: video
Priority: optional
Description: streaming video classifier for the edge
 Weir watches cameras and says what each shows, spending on every frame only
 the compute that it needs. Labels stream out over WebSocket, each with the way
 it was reached and the time it took.
 .
 The package brings Node.js, a ladder of classifiers, and a service with a user
 that exists only while it runs. Where ffmpeg is not installed, an older build
 of it that comes along is used.
`;
}

/**
 * @param {string} version of package.json
 * @param {Date} date
 */
export function changelogOf(version, date) {
  return `weir (${debianVersion(version)}) stable; urgency=medium

  * What is new in this version: /usr/share/doc/weir/changelog.gz

 -- ${MAINTAINER}  ${date.toUTCString().replace('GMT', '+0000')}
`;
}
