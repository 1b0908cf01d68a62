"""De-identifies a file: its header anew, its pixels as they lie in it, with nothing beside them.

Memory holds the header and one frame. What may not be given out is not begun to be written.
"""

from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from pydicom.uid import ExplicitVRLittleEndian

from app.deidentification.project import ProjectSubject
from app.imaging.deidentify.codestreams import pixels_alone
from app.imaging.deidentify.datasets import Deidentified, Deidentifier
from app.imaging.deidentify.withholding import require_clean
from app.imaging.render.source import ReadHeader, opened
from app.imaging.render.transcoding import carry
from app.imaging.store.syntaxes import syntax_of
from graph.records import StoredInstance


def deidentify_file(
    source: BinaryIO,
    instance: StoredInstance,
    target: BinaryIO,
    *,
    deidentify: Deidentifier,
    subject: ProjectSubject,
    scratch: Path,
) -> Deidentified:
    """Write an instance of a subject as it may be given out.

    What is deflated or big endian becomes Explicit VR Little Endian, every other syntax stays. Raises
    `Withheld`, `Refused` where the file is damaged, `Unrenderable` where its frames cannot be told apart.
    """
    uid = instance.transfer_syntax_uid
    with opened(source, uid, instance.frames or b"", scratch) as found:
        header = found.header
        require_clean(header.attributes, uid, deidentify.options)
        made = deidentify(header.attributes, subject)
        shown = ReadHeader(made.dataset, header.pixel_tag, header.pixel_vr)
        syntax = syntax_of(uid)
        plain = syntax.deflated or not syntax.little
        carry(
            replace(found, header=shown), str(ExplicitVRLittleEndian) if plain else uid, target, pixels_alone
        )
    return made
