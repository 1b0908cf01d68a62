#!/bin/sh
# dicomweb-client 0.61.2 posts a data set made in memory without the preamble and "DICM".
#
# Expected: each part of a store request is a DICOM file in the format of PS3.10 (PS3.18 10.5.2): 128 bytes,
#   "DICM", the complete file meta information (PS3.10 7.1).
# Happens:  store_instances writes the Dataset with pydicom's default, which adds nothing that the Dataset
#   lacks. One that was read from a file goes out whole; one that was built or came from JSON starts with
#   its file meta elements, without group length, version and media storage UIDs. No error here; the server
#   answers 400, or stores what no file reader opens.
# Seen with dicomweb-client 0.61.2 and pydicom 3.0.2:
#   built in memory: starts 0200100055491400 (0002,0010), "DICM" at 128: False
#   read from file:  starts 0000000000000000, "DICM" at 128: True
# Meaning: reports and segmentations made by scripts fail at some archives and not at others, for no reason
#   one sees.
# Way round: ds.save_as(buffer, enforce_file_format=True), dcmread(buffer), and store that.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check pydicom==3.0.2 dicomweb-client==0.61.2
"$work/venv/bin/python" - <<'PY'
import io
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version
from dicomweb_client.api import DICOMwebClient
from pydicom import Dataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.uid import BasicTextSRStorage, ExplicitVRLittleEndian

print("dicomweb-client", version("dicomweb-client"), "pydicom", version("pydicom"))
parts = []


class Archive(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        parts.append(body.split(b"\r\n\r\n", 1)[1])
        self.send_response(200)
        self.send_header("Content-Type", "application/dicom+json")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Archive)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = DICOMwebClient(f"http://127.0.0.1:{server.server_port}")

built = Dataset()
built.file_meta = FileMetaDataset()
built.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
built.SOPClassUID, built.SOPInstanceUID, built.StudyInstanceUID = BasicTextSRStorage, "2.25.1", "2.25.2"
file = io.BytesIO()
built.save_as(file, enforce_file_format=True)
file.seek(0)
fresh = Dataset.from_json(built.to_json())
fresh.file_meta = FileMetaDataset()
fresh.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
client.store_instances([fresh])
client.store_instances([dcmread(file)])
server.shutdown()
magic = [part[128:132] == b"DICM" for part in parts]
for name, part, found in zip(("built in memory", "read from file "), parts, magic):
    print(f'{name}: starts {part[:8].hex()}, "DICM" at 128: {found}')
raise SystemExit(None if magic == [False, True] else "CHANGED: the client completes the file format now")
PY
