"""Serves one stream at /live by GStreamer's RTSP server, as the JSON of its one argument says, and prints its port."""
import json
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer

want = json.loads(sys.argv[1])
Gst.init(None)

server = GstRtspServer.RTSPServer()
server.set_address(want["host"])
server.set_service("0")

factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(want["launch"])
protocols = {"tcp": GstRtsp.RTSPLowerTrans.TCP, "udp": GstRtsp.RTSPLowerTrans.UDP}
allowed = GstRtsp.RTSPLowerTrans(0)
for name in want["protocols"]:
    allowed |= protocols[name]
factory.set_protocols(allowed)

if want["auth"] or want["certificate"]:
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role("viewer", "media.factory.access", True)
    permissions.add_permission_for_role("viewer", "media.factory.construct", True)
    factory.set_permissions(permissions)
    if want["auth"] == "basic":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(want["username"], want["password"]), token)
    elif want["auth"] == "digest":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(want["username"], want["password"], token)
    else:
        auth.set_default_token(token)
    if want["certificate"]:
        auth.set_tls_certificate(Gio.TlsCertificate.new_from_files(want["certificate"], want["key"]))
    server.set_auth(auth)

server.get_mount_points().add_factory("/live", factory)
server.attach(None)
print(server.get_bound_port(), flush=True)
GLib.MainLoop().run()
