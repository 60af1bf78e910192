"""A real RTSP server for tests: serves one video file, each client from its beginning.

    /usr/bin/python3 rtsp-server.py FILE PORT [basic|digest USER PASSWORD]      prints "ready" once it listens

H.264 in .mp4 and MPEG-4 Part 2 in .mov (AVI has no presentation times); the stream is at rtsp://127.0.0.1:PORT/stream.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

PAYLOADS = {
    ".mp4": "qtdemux ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=1",
    ".mov": "qtdemux ! mpeg4videoparse config-interval=1 ! rtpmp4vpay name=pay0 pt=96",
}


def protect(server, factory, scheme, user, password):
    """Only this user may see the stream, with this way of saying who it is."""
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth = GstRtspServer.RTSPAuth()
    if scheme == "basic":
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
    else:
        auth.add_digest(user, password, token)
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    server.set_auth(auth)
    factory.add_role_from_structure(Gst.Structure.new_from_string(
        "viewer, media.factory.access=(boolean)true, media.factory.construct=(boolean)true"))


def main(path, port, *protection):
    Gst.init(None)
    factory = GstRtspServer.RTSPMediaFactory()
    chain = next(chain for suffix, chain in PAYLOADS.items() if path.endswith(suffix))
    factory.set_launch(f'( filesrc location="{path}" ! {chain} )')
    server = GstRtspServer.RTSPServer()
    if protection:
        protect(server, factory, *protection)
    server.set_address("127.0.0.1")
    server.set_service(port)
    server.get_mount_points().add_factory("/stream", factory)
    if server.attach(None) == 0:
        sys.exit(f"port {port} cannot be used")
    print("ready", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main(*sys.argv[1:])
