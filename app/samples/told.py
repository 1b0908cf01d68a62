"""The patient who is told fully: every picture with its report, before, at and after the diagnosis.

What the reports measure is what the phantoms show (`phantoms/studies.py`), to the millimetre.
"""

from app.samples.calendar import Ago
from app.samples.case import Case, Diagnosis, Prescription, Report, Study, Verdict, Via

_GRANULOMA = "Calcified granuloma of 5 mm in the right upper lobe"

_NODULES = "Three new pulmonary nodules up to 7 mm, suspicious for metastasis. 새로운 폐결절, 전이 의심."

_STUDIES = (
    Study(
        "ct chest with nodules",
        Ago(days=150),
        (
            Report(
                Via.REFERENCE,
                _NODULES,
                findings=(
                    "Comparison: CT chest at diagnosis.\n"
                    "New nodules: right lower lobe 7 mm, left upper lobe 5 mm, right middle lobe 4 mm.\n"
                    f"{_GRANULOMA}, unchanged.\n"
                    "No pleural effusion. No enlarged lymph nodes.\n"
                    "Urticaria ten minutes after the contrast medium, treated on site."
                ),
                recommends="Recommend follow-up chest CT in 3 months, without contrast medium.",
            ),
            Report(
                Via.REFERENCE,
                "No pulmonary embolism. No acute finding.",
                status="preliminary",
                findings="On call. Pulmonary arteries open. No effusion, no pneumothorax.",
                issued="14:20",
            ),
        ),
        reason="Osteosarcoma under chemotherapy, cough: metastasis? Pulmonary embolism?",
        document=True,
    ),
    Study(
        "ct chest years before",
        Ago(years=2, days=60),
        (
            Report(
                Via.REFERENCE,
                "Calcified granuloma of the right upper lobe. No suspicious nodule.",
                findings=f"{_GRANULOMA}.\nNo other nodule. Heart and great vessels normal.",
                recommends="No follow-up is needed.",
            ),
        ),
        reason="Health check of a former smoker",
    ),
    Study(
        "mammogram",
        Ago(years=1, days=30),
        (
            Report(
                Via.REFERENCE,
                "BI-RADS 4A: oval mass of 12 mm in the left breast. 좌측 유방 12 mm 종괴.",
                from_afar=True,
                findings=(
                    "Both breasts in two views. Scattered fibroglandular density (BI-RADS b).\n"
                    "Left breast, upper outer quadrant: oval mass of 12 mm with a sharp margin.\n"
                    "No suspicious calcification. Right breast without finding."
                ),
                recommends="Recommend core needle biopsy of the mass within 2 weeks.",
            ),
            Report(
                Via.REFERENCE,
                "Addendum: the biopsy found a fibroadenoma, which agrees with the picture. BI-RADS 2.",
                findings="Left breast: mass of 12 mm, a fibroadenoma by core needle biopsy.",
                recommends="Recommend mammography in 6 months.",
                days_later=14,
            ),
        ),
        reason="Screening",
    ),
    Study(
        "ct thigh with tumour",
        Ago(days=205),
        (
            Report(
                Via.REFERENCE,
                "Aggressive bone tumour of the left distal femur, 58 mm, suspicious for osteosarcoma.",
                from_afar=True,
                findings=(
                    "Mixed lytic and sclerotic lesion of the lateral distal metaphysis of the left femur, "
                    "58 mm from head to foot, 42 mm across.\n"
                    "The lateral cortex is destroyed; sunburst periosteal reaction in a soft tissue part.\n"
                    "The joint is free."
                ),
                recommends="Recommend MRI of the knee and a biopsy within 2 weeks.",
            ),
        ),
        reason="Knee pain and swelling on the left for two months",
    ),
    Study(
        "mr knee with tumour",
        Ago(days=204),
        (
            Report(
                Via.REFERENCE,
                "Tumour of the left distal femur, 58 mm, with a soft tissue part; the joint is free.",
                findings=(
                    "Tumour of the lateral distal femur: 58 mm from head to foot. T1 dark, T2 bright, "
                    "dark rays of mineral towards the side.\n"
                    "Oedema around it. Popliteal vessels are free. Small effusion.\n"
                    "No skip lesion in the part of the femur that is seen."
                ),
            ),
        ),
        reason="Bone tumour of the left distal femur: extent before biopsy",
    ),
    Study(
        "ct chest at diagnosis",
        Ago(days=195),
        (
            Report(
                Via.REFERENCE,
                "No pulmonary metastasis. 폐 전이 소견 없음.",
                from_afar=True,
                findings=f"Comparison: CT chest two years ago.\n{_GRANULOMA}, unchanged.\nNo new nodule.",
                recommends="Recommend follow-up chest CT in 6 weeks.",
            ),
        ),
        reason="Osteosarcoma: staging",
    ),
    Study(
        "us heart",
        Ago(days=178),
        (
            Report(
                Via.REFERENCE,
                "Normal left ventricular function before doxorubicin, ejection fraction 65 %.",
                findings=(
                    "Apical four chambers, good window. Left ventricle of normal size, "
                    "ejection fraction 65 % by area and length. Valves open and close well. No effusion."
                ),
                recommends="Recommend repeat echocardiography in 3 months.",
            ),
        ),
        reason="Before doxorubicin: left ventricular function",
    ),
    Study(
        "mr knee after chemotherapy",
        Ago(days=100),
        (
            Report(
                Via.REFERENCE,
                "Good response: the tumour of the left femur is now 40 mm, before 58 mm. 종양 크기 감소.",
                findings=(
                    "Comparison: MR of the knee before chemotherapy.\n"
                    "Tumour 40 mm from head to foot (before: 58 mm), darker on T2, more mineral.\n"
                    "The soft tissue part has drawn back. Vessels and joint are free."
                ),
            ),
        ),
        reason="Osteosarcoma after three cycles: response, planning of the resection",
    ),
    Study(
        "ct chest after chemotherapy",
        Ago(days=60),
        (
            Report(
                Via.REFERENCE,
                "Partial response: two pulmonary nodules up to 4 mm, before 7 mm. 폐결절 크기 감소.",
                findings=(
                    "Comparison: CT chest three months ago. No contrast medium (allergy).\n"
                    "Right lower lobe 4 mm (before: 7 mm), left upper lobe 3 mm (before: 5 mm).\n"
                    f"The nodule of the right middle lobe is gone. {_GRANULOMA}, unchanged."
                ),
                recommends="6주 후 흉부 CT 추적 검사를 권고합니다.",
            ),
        ),
        reason="Osteosarcoma, pulmonary nodules: response",
    ),
    Study(
        "ct thigh with prosthesis",
        Ago(days=45),
        (
            Report(
                Via.REFERENCE,
                "Distal femoral prosthesis in good position. No local recurrence. 국소 재발 없음.",
                findings=(
                    "State after resection of the distal femur with a prosthesis; the stem is well seated.\n"
                    "No lucency around it, no soft tissue mass. Scar around the shaft."
                ),
                recommends="Recommend radiograph of the left knee in 4 weeks.",
            ),
        ),
        reason="After resection of the distal femur: prosthesis, recurrence?",
    ),
    Study(
        "ct chest with progress",
        Ago(days=12),
        (
            Report(
                Via.REFERENCE,
                "Progress: the largest lung nodule is now 9 mm, before 4 mm; one new of 6 mm. 폐 전이 진행.",
                findings=(
                    "Comparison: CT chest seven weeks ago. No contrast medium (allergy).\n"
                    "Right lower lobe 9 mm (before: 4 mm), left upper lobe 5 mm (before: 3 mm).\n"
                    f"New: left lower lobe 6 mm. {_GRANULOMA}, unchanged. No effusion."
                ),
                recommends="Recommend PET-CT or biopsy within 4 weeks and the tumour board.",
            ),
        ),
        reason="Osteosarcoma, pulmonary nodules: follow-up",
    ),
)

TOLD = Case(
    key="osteo-01",
    family="Kim",
    given="Seoyeon",
    korean=("김", "서연"),
    sex="female",
    age=Ago(years=62, days=40),
    verdict=Verdict.MATCHED,
    reason="six drugs, seven CTs with their reports, one with a document, one before the diagnosis",
    diagnoses=(Diagnosis("bone osteosarcoma", Ago(days=200)),),
    prescriptions=(
        Prescription("methotrexate", Ago(days=180)),
        Prescription("doxorubicin", Ago(days=175), status="completed"),
        Prescription("cisplatin", Ago(days=175), status="completed"),
        Prescription("ondansetron", Ago(days=175)),
        Prescription("ifosfamide", Ago(days=8)),
        Prescription("metformin", Ago(years=6), problem=1),
    ),
    studies=_STUDIES,
)
