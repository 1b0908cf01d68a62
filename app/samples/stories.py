"""The charts that are told beyond the sample question, by the key of their case."""

from app.samples.calendar import Ago
from app.samples.codes import LOINC, SNOMED
from app.samples.story import (
    DoneProcedure,
    ImplantedDevice,
    KnownAllergy,
    LabSeries,
    OtherCondition,
    PathologyReport,
    Story,
    Visit,
)

_NCIT = "urn:oid:2.16.840.1.113883.3.26.1.1"

STORIES: dict[str, Story] = {
    "osteo-01": Story(
        conditions=(
            OtherCondition((SNOMED, "44054006"), "Diabetes mellitus type 2", Ago(years=6)),
            OtherCondition((SNOMED, "38341003"), "Hypertension", Ago(years=8)),
            OtherCondition((SNOMED, "254845004"), "Fibroadenoma of left breast", Ago(years=1, days=18)),
            OtherCondition((SNOMED, "94391008"), "Secondary malignant neoplasm of lung", Ago(days=148)),
            OtherCondition((SNOMED, "433144002"), "Chronic kidney disease stage 3", Ago(days=62)),
        ),
        labs=(
            LabSeries(
                (LOINC, "2160-0"),
                "Creatinine",
                "mg/dL",
                ((400, 0.7), (205, 0.7), (176, 0.8), (152, 0.9), (120, 1.1), (95, 1.2), (62, 1.2), (14, 1.3)),
                low=0.5,
                high=1.0,
            ),
            LabSeries(
                (LOINC, "98979-8"),
                "eGFR (CKD-EPI 2021)",
                "mL/min/{1.73_m2}",
                ((400, 98), (205, 97), (176, 83), (152, 72), (120, 57), (95, 51), (62, 51), (14, 46)),
                low=60,
            ),
            LabSeries(
                (LOINC, "718-7"),
                "Hemoglobin",
                "g/dL",
                ((400, 13.1), (205, 12.8), (152, 10.2), (120, 9.4), (95, 9.9), (62, 11.2), (14, 11.8)),
                low=12.0,
                high=16.0,
            ),
            LabSeries(
                (LOINC, "6768-6"),
                "Alkaline phosphatase",
                "U/L",
                ((400, 88), (205, 412), (152, 265), (95, 131), (62, 104), (14, 168)),
                low=35,
                high=105,
            ),
            LabSeries(
                (LOINC, "4548-4"), "Hemoglobin A1c", "%", ((400, 6.8), (205, 7.1), (62, 6.9)), high=6.5
            ),
            LabSeries(
                (LOINC, "10230-1"),
                "Left ventricular ejection fraction",
                "%",
                ((178, 65),),
                low=53,
                category="imaging",
            ),
        ),
        allergies=(
            KnownAllergy(
                (SNOMED, "293637006"),
                "Allergy to iodinated contrast media",
                (SNOMED, "126485001"),
                "Urticaria",
                Ago(days=150),
                "Urticaria ten minutes after iohexol at the CT of the chest.",
            ),
        ),
        operations=(
            DoneProcedure("Core needle biopsy of left breast", Ago(years=1, days=20), (SNOMED, "44578009")),
            DoneProcedure("Open biopsy of the left distal femur", Ago(days=201)),
            DoneProcedure("Implantation of a central venous port, right", Ago(days=183)),
            DoneProcedure(
                "Resection of the left distal femur with modular prosthesis",
                Ago(days=90),
                note="Wide margins, popliteal vessels spared.",
                implants=True,
            ),
        ),
        implant=ImplantedDevice(
            "Distal femoral prosthesis, left: titanium stem, cobalt chrome joint",
            (_NCIT, "C106046"),
            "Magnetic Resonance (MR) Conditional",
            "MR at 1.5 T or 3 T; expect artefacts around the left knee.",
        ),
        pathology=(
            PathologyReport(
                Ago(years=1, days=18),
                "Core needle biopsy of the left breast: fibroadenoma without atypia.",
                "Fibroadenoma, benign.",
            ),
            PathologyReport(
                Ago(days=198),
                "Open biopsy of the left distal femur: malignant spindle cells that form osteoid.",
                "High-grade osteoblastic osteosarcoma.",
            ),
            PathologyReport(
                Ago(days=84),
                "Resected distal femur with a tumour of 40 mm. Necrosis of 92 %. Margins free.",
                "Osteosarcoma with good response to chemotherapy (92 % necrosis), margins free (R0).",
            ),
        ),
        visits=(
            Visit("AMB", "Knee pain on the left for two months", Ago(days=206)),
            Visit("IMP", "Chemotherapy, first cycle", Ago(days=176), 4),
            Visit("IMP", "Chemotherapy, second cycle", Ago(days=152), 4),
            Visit("EMER", "Fever with neutropenia", Ago(days=139), 1),
            Visit("IMP", "Chemotherapy, third cycle", Ago(days=122), 4),
            Visit("IMP", "Resection of the tumour", Ago(days=91), 12),
            Visit("AMB", "Oncology, follow-up", Ago(days=58)),
            Visit("AMB", "Oncology, progress of the lung nodules", Ago(days=9)),
        ),
    ),
}
