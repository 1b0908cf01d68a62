"""Body Part Examined (0018,0015) and laterality as SNOMED CT (PS3.16 annex L, CID 244).

What is not in the table keeps DICOM's term as its display.
"""

from collections.abc import Mapping

SNOMED = "http://snomed.info/sct"

BODY_PARTS: Mapping[str, tuple[str, str]] = {
    "ABDOMEN": ("113345001", "Abdomen"),
    "ANKLE": ("70258002", "Ankle joint"),
    "BRAIN": ("12738006", "Brain"),
    "BREAST": ("76752008", "Breast"),
    "CHEST": ("51185008", "Chest"),
    "CSPINE": ("122494005", "Cervical spine"),
    "ELBOW": ("16953009", "Elbow joint"),
    "FEMUR": ("71341001", "Femur"),
    "FOOT": ("56459004", "Foot"),
    "HAND": ("85562004", "Hand"),
    "HEAD": ("69536005", "Head"),
    "HEART": ("80891009", "Heart"),
    "HIP": ("24136001", "Hip joint"),
    "HUMERUS": ("85050009", "Humerus"),
    "KIDNEY": ("64033007", "Kidney"),
    "KNEE": ("72696002", "Knee"),
    "LIVER": ("10200004", "Liver"),
    "LSPINE": ("122496007", "Lumbar spine"),
    "NECK": ("45048000", "Neck"),
    "PELVIS": ("12921003", "Pelvis"),
    "SHOULDER": ("16982005", "Shoulder"),
    "SKULL": ("89546000", "Skull"),
    "SPINE": ("421060004", "Spine"),
    "TSPINE": ("122495006", "Thoracic spine"),
    "WRIST": ("74670003", "Wrist joint"),
}
LATERALITIES: Mapping[str, tuple[str, str]] = {
    "L": ("7771000", "Left"),
    "R": ("24028007", "Right"),
}


def coding(term: str | None, table: Mapping[str, tuple[str, str]]) -> dict[str, str] | None:
    """The Coding of a DICOM term."""
    if not term:
        return None
    if found := table.get(term.upper()):
        return {"system": SNOMED, "code": found[0], "display": found[1]}
    return {"display": term}
