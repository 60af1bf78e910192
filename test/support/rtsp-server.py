"""A real RTSP server for tests: serves one video file, each client from its beginning.

    /usr/bin/python3 rtsp-server.py FILE PORT [--user basic|digest USER PASSWORD] [--tls CERTIFICATE KEY]

prints "ready" once it listens; with --tls it listens for rtsps:// alone. H.264 in .mp4 and MPEG-4 Part 2 in .mov (AVI has no
presentation times); the stream is at rtsp://127.0.0.1:PORT/stream.
"""

import argparse
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

PAYLOADS = {
    ".mp4": "qtdemux ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=1",
    ".mov": "qtdemux ! mpeg4videoparse config-interval=1 ! rtpmp4vpay name=pay0 pt=96",
}


def viewer():
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    return token


def protect(auth, scheme, user, password):
    """Only this user may see the stream, with this way of saying who it is."""
    if scheme == "basic":
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), viewer())
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
    else:
        auth.add_digest(user, password, viewer())
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)


def main(given):
    Gst.init(None)
    factory = GstRtspServer.RTSPMediaFactory()
    chain = next(chain for suffix, chain in PAYLOADS.items() if given.file.endswith(suffix))
    factory.set_launch(f'( filesrc location="{given.file}" ! {chain} )')
    factory.add_role_from_structure(Gst.Structure.new_from_string(
        "viewer, media.factory.access=(boolean)true, media.factory.construct=(boolean)true"))
    server = GstRtspServer.RTSPServer()
    if given.user or given.tls:
        auth = GstRtspServer.RTSPAuth()
        if given.user:
            protect(auth, *given.user)
        else:
            auth.set_default_token(viewer())
        if given.tls:
            auth.set_tls_certificate(Gio.TlsCertificate.new_from_files(*given.tls))
        server.set_auth(auth)
    server.set_address("127.0.0.1")
    server.set_service(given.port)
    server.get_mount_points().add_factory("/stream", factory)
    if server.attach(None) == 0:
        sys.exit(f"port {given.port} cannot be used")
    print("ready", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("port")
    parser.add_argument("--user", nargs=3)
    parser.add_argument("--tls", nargs=2)
    main(parser.parse_args())
