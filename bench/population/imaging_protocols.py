"""How pictures are taken: protocols with their series, the machines, and what reports say."""

from dataclasses import dataclass, field
from typing import Any

CT, MR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"
FILM, US = "1.2.840.10008.5.1.4.1.1.1.1", "1.2.840.10008.5.1.4.1.1.6.1"
MAMMOGRAM, PET = "1.2.840.10008.5.1.4.1.1.1.2", "1.2.840.10008.5.1.4.1.1.128"
COMPUTED_FILM = "1.2.840.10008.5.1.4.1.1.1"


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    """A series of a protocol: from how many pictures to how many, and what each of them says."""

    description: str
    fewest: int
    most: int
    says: dict[str, Any] = field(default_factory=dict)
    chance: float = 1.0


@dataclass(frozen=True, slots=True)
class Protocol:
    """One kind of study; `loinc` is what is ordered and reported."""

    modality: str
    sop_class: str
    loinc: str
    title: str
    body_part: str
    site: tuple[str, str]  # SNOMED
    series: tuple[SeriesPlan, ...]


@dataclass(frozen=True, slots=True)
class Machine:
    """What pictures say of the equipment that made them."""

    manufacturer: str
    model: str
    station: str
    says: dict[str, Any] = field(default_factory=dict)


def _ct(thickness: str, kernel: str, agent: str | None = None) -> dict[str, Any]:
    said = {"SliceThickness": thickness, "KVP": "120", "ConvolutionKernel": kernel}
    return said | ({"ContrastBolusAgent": agent} if agent else {})


def _mr(sequence: str, echo: str, agent: str | None = None) -> dict[str, Any]:
    said = {"ScanningSequence": sequence, "MRAcquisitionType": "2D", "EchoTime": echo, "SliceThickness": "4"}
    return said | ({"ContrastBolusAgent": agent} if agent else {})


_CHEST, _HEAD, _ABDOMEN = (
    ("51185008", "Thoracic structure"),
    ("69536005", "Head structure"),
    ("818983003", "Abdomen"),
)
_KNEE, _BREAST, _HEART = (
    ("72696002", "Knee region structure"),
    ("76752008", "Breast structure"),
    ("80891009", "Heart structure"),
)
_WRIST, _HAND, _LEG = (
    ("8205005", "Wrist region structure"),
    ("85562004", "Hand structure"),
    ("30021000", "Lower leg structure"),
)
_PELVIS, _KIDNEY, _BODY = (
    ("12921003", "Pelvic structure"),
    ("64033007", "Kidney structure"),
    ("38266002", "Entire body as a whole"),
)

PROTOCOLS: dict[str, Protocol] = {
    "chest film": Protocol(
        "DX",
        FILM,
        "36643-5",
        "XR Chest 2 Views",
        "CHEST",
        _CHEST,
        (
            SeriesPlan("PA", 1, 1, {"ViewPosition": "PA"}),
            SeriesPlan("Lateral", 1, 1, {"ViewPosition": "LL"}, 0.6),
        ),
    ),
    "chest ct": Protocol(
        "CT",
        CT,
        "24627-2",
        "CT Chest",
        "CHEST",
        _CHEST,
        (
            SeriesPlan("Chest 5.0 soft tissue", 6, 10, _ct("5", "B30f")),
            SeriesPlan("Chest 1.25 lung", 8, 14, _ct("1.25", "B70f")),
            SeriesPlan("Chest 3.0 contrast", 6, 10, _ct("3", "B30f", "Iohexol 350"), 0.5),
        ),
    ),
    "head ct": Protocol(
        "CT",
        CT,
        "30799-1",
        "CT Head WO contrast",
        "HEAD",
        _HEAD,
        (SeriesPlan("Head 5.0", 8, 12, _ct("5", "H31s")),),
    ),
    "abdomen ct": Protocol(
        "CT",
        CT,
        "72252-2",
        "CT Abdomen and Pelvis W contrast IV",
        "ABDOMEN",
        _ABDOMEN,
        (
            SeriesPlan("Abdomen 5.0 plain", 6, 10, _ct("5", "B30f"), 0.4),
            SeriesPlan("Abdomen 3.0 portal venous", 8, 14, _ct("3", "B30f", "Iopromide 370")),
        ),
    ),
    "heart ct": Protocol(
        "CT",
        CT,
        "79073-8",
        "CT Heart and Coronary arteries W contrast IV",
        "HEART",
        _HEART,
        (SeriesPlan("Coronary 0.6", 10, 16, _ct("0.6", "B26f", "Iopromide 370")),),
    ),
    "head mr": Protocol(
        "MR",
        MR,
        "24590-2",
        "MR Brain",
        "BRAIN",
        ("12738006", "Brain structure"),
        (
            SeriesPlan("T1 axial", 6, 10, _mr("SE", "10")),
            SeriesPlan("T2 axial", 6, 10, _mr("SE", "95")),
            SeriesPlan("FLAIR", 6, 10, _mr("IR", "120"), 0.7),
            SeriesPlan("T1 contrast", 6, 10, _mr("SE", "10", "Gadobutrol"), 0.4),
        ),
    ),
    "knee mr": Protocol(
        "MR",
        MR,
        "24802-1",
        "MR Knee",
        "KNEE",
        _KNEE,
        (SeriesPlan("PD sagittal", 6, 10, _mr("SE", "30")), SeriesPlan("T2 coronal", 6, 10, _mr("SE", "80"))),
    ),
    "pelvis mr": Protocol(
        "MR",
        MR,
        "36235-0",
        "MR Pelvis",
        "PELVIS",
        _PELVIS,
        (SeriesPlan("T2 axial", 8, 12, _mr("SE", "100")), SeriesPlan("DWI", 8, 12, _mr("EP", "75"))),
    ),
    "abdomen mr": Protocol(
        "MR",
        MR,
        "30668-8",
        "MR Abdomen W contrast IV",
        "ABDOMEN",
        _ABDOMEN,
        (
            SeriesPlan("T2 axial", 6, 10, _mr("SE", "90")),
            SeriesPlan("Dynamic", 8, 12, _mr("GR", "2", "Gadoxetate")),
        ),
    ),
    "abdomen us": Protocol(
        "US", US, "24558-9", "US Abdomen", "ABDOMEN", _ABDOMEN, (SeriesPlan("Abdomen", 3, 6),)
    ),
    "kidney us": Protocol(
        "US", US, "38036-0", "US Kidney", "KIDNEY", _KIDNEY, (SeriesPlan("Kidneys", 3, 6),)
    ),
    "heart us": Protocol(
        "US", US, "34552-0", "US Heart", "HEART", _HEART, (SeriesPlan("Echocardiography", 4, 8),)
    ),
    "leg us": Protocol(
        "US", US, "24889-8", "US Lower extremity vein", "LEG", _LEG, (SeriesPlan("Leg veins", 3, 6),)
    ),
    "mammogram": Protocol(
        "MG",
        MAMMOGRAM,
        "24606-6",
        "MG Breast Screening",
        "BREAST",
        _BREAST,
        (
            SeriesPlan("R CC", 1, 1, {"ImageLaterality": "R", "ViewPosition": "CC"}),
            SeriesPlan("L CC", 1, 1, {"ImageLaterality": "L", "ViewPosition": "CC"}),
            SeriesPlan("R MLO", 1, 1, {"ImageLaterality": "R", "ViewPosition": "MLO"}, 0.9),
            SeriesPlan("L MLO", 1, 1, {"ImageLaterality": "L", "ViewPosition": "MLO"}, 0.9),
        ),
    ),
    "knee film": Protocol(
        "CR",
        COMPUTED_FILM,
        "36588-2",
        "XR Knee Views",
        "KNEE",
        _KNEE,
        (SeriesPlan("Knee AP", 1, 2, {"Laterality": "R", "ViewPosition": "AP"}),),
    ),
    "wrist film": Protocol(
        "CR",
        COMPUTED_FILM,
        "37805-9",
        "XR Wrist Views",
        "WRIST",
        _WRIST,
        (SeriesPlan("Wrist", 1, 2, {"Laterality": "L", "ViewPosition": "PA"}),),
    ),
    "hand film": Protocol(
        "DX",
        FILM,
        "36615-3",
        "XR Hand Views",
        "HAND",
        _HAND,
        (SeriesPlan("Hand", 1, 2, {"ImageLaterality": "R", "ViewPosition": "PA"}),),
    ),
    "pet": Protocol(
        "PT",
        PET,
        "81555-0",
        "PET+CT Whole body",
        "WHOLEBODY",
        _BODY,
        (SeriesPlan("PET AC", 8, 12, {"SliceThickness": "3.27", "Units": "BQML"}),),
    ),
}
SCREENING: tuple[str, ...] = (
    "chest film",
    "abdomen us",
    "knee film",
    "head ct",
    "abdomen ct",
    "mammogram",
    "chest ct",
)
"""What is taken of people who have nothing that asks for it."""

MACHINES: dict[str, tuple[Machine, ...]] = {
    "CT": (
        Machine("SIEMENS", "SOMATOM Force", "CT01"),
        Machine("GE MEDICAL SYSTEMS", "Revolution CT", "CT02"),
        Machine("Canon Medical Systems", "Aquilion ONE", "CT03"),
    ),
    "MR": (
        Machine("SIEMENS", "MAGNETOM Skyra", "MR01", {"MagneticFieldStrength": "3"}),
        Machine("Philips", "Ingenia", "MR02", {"MagneticFieldStrength": "1.5"}),
    ),
    "US": (Machine("GE Healthcare", "LOGIQ E10", "US01"), Machine("SAMSUNG MEDISON", "RS85", "US02")),
    "DX": (Machine("Philips", "DigitalDiagnost", "DX01"), Machine("SAMSUNG", "GC85A", "DX02")),
    "CR": (Machine("FUJIFILM", "FCR Capsula", "CR01"),),
    "MG": (Machine("HOLOGIC", "Selenia Dimensions", "MG01"),),
    "PT": (Machine("SIEMENS", "Biograph mCT", "PT01"),),
}

FINDINGS: tuple[tuple[str, str], ...] = (
    ("No acute abnormality is seen.", "No acute abnormality."),
    ("The organs are of normal size. No mass, no lymphadenopathy.", "No evidence of malignancy."),
    ("Mild degenerative changes. No fracture.", "Degenerative changes without fracture."),
    ("A nodule of 6 mm is seen. No pleural effusion.", "Small nodule; follow-up in 6 to 12 months."),
    ("There is an effusion of small size. No pneumothorax.", "Small effusion."),
    ("A mass of 32 mm with irregular margins.", "Mass, suspicious of malignancy."),
    ("Possible consolidation; infection cannot be excluded.", "Possible pneumonia."),
    ("Comparison with the prior study: the lesion is stable.", "Stable disease."),
    ("급성 이상 소견은 없음. 결절은 보이지 않음.", "특이 소견 없음."),
    ("우측에 8 mm 크기의 결절이 관찰됨. 흉수는 없음.", "결절, 추적 검사 권고."),
)
"""What is written under findings, and as the impression."""
