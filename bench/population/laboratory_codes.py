"""What is measured: LOINC codes with units of UCUM, usual values, and the panels that they are ordered as."""

from dataclasses import dataclass

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"


@dataclass(frozen=True, slots=True)
class Lab:
    """One measurement: most values lie around `usual`, and outside of `low` to `high` they are flagged."""

    loinc: str
    name: str
    unit: str
    usual: float
    spread: float
    low: float
    high: float
    digits: int = 1
    category: str = "laboratory"


LABS: dict[str, Lab] = {
    "hba1c": Lab("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", "%", 6.4, 1.3, 4.0, 6.5),
    "glucose": Lab("2345-7", "Glucose [Mass/volume] in Serum or Plasma", "mg/dL", 108, 28, 70, 110, 0),
    "glucose si": Lab("14749-6", "Glucose [Moles/volume] in Serum or Plasma", "mmol/L", 6.0, 1.6, 3.9, 6.1),
    "creatinine": Lab(
        "2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "mg/dL", 1.0, 0.4, 0.6, 1.3, 2
    ),
    "creatinine si": Lab(
        "14682-9", "Creatinine [Moles/volume] in Serum or Plasma", "umol/L", 88, 35, 53, 115, 0
    ),
    "egfr": Lab(
        "62238-1",
        "Glomerular filtration rate/1.73 sq M.predicted [CKD-EPI]",
        "mL/min/{1.73_m2}",
        78,
        22,
        60,
        130,
        0,
    ),
    "hemoglobin": Lab("718-7", "Hemoglobin [Mass/volume] in Blood", "g/dL", 13.4, 1.7, 12.0, 17.0),
    "platelets": Lab(
        "777-3", "Platelets [#/volume] in Blood by Automated count", "10*3/uL", 245, 65, 150, 400, 0
    ),
    "leukocytes": Lab(
        "6690-2", "Leukocytes [#/volume] in Blood by Automated count", "10*3/uL", 7.1, 2.2, 4.0, 11.0
    ),
    "cholesterol": Lab("2093-3", "Cholesterol [Mass/volume] in Serum or Plasma", "mg/dL", 192, 38, 0, 200, 0),
    "ldl": Lab(
        "13457-7",
        "Cholesterol in LDL [Mass/volume] in Serum or Plasma by calculation",
        "mg/dL",
        115,
        32,
        0,
        130,
        0,
    ),
    "hdl": Lab("2085-9", "Cholesterol in HDL [Mass/volume] in Serum or Plasma", "mg/dL", 52, 13, 40, 100, 0),
    "triglycerides": Lab(
        "2571-8", "Triglyceride [Mass/volume] in Serum or Plasma", "mg/dL", 140, 60, 0, 150, 0
    ),
    "potassium": Lab("2823-3", "Potassium [Moles/volume] in Serum or Plasma", "mmol/L", 4.2, 0.45, 3.5, 5.1),
    "sodium": Lab("2951-2", "Sodium [Moles/volume] in Serum or Plasma", "mmol/L", 139.5, 3, 135, 145, 0),
    "alt": Lab(
        "1742-6",
        "Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma",
        "U/L",
        28,
        18,
        0,
        45,
        0,
    ),
    "bilirubin": Lab(
        "1975-2", "Bilirubin.total [Mass/volume] in Serum or Plasma", "mg/dL", 0.8, 0.4, 0.1, 1.2
    ),
    "tsh": Lab("3016-3", "Thyrotropin [Units/volume] in Serum or Plasma", "m[IU]/L", 2.6, 1.5, 0.4, 4.5, 2),
    "psa": Lab("2857-1", "Prostate specific Ag [Mass/volume] in Serum or Plasma", "ng/mL", 3.1, 2.4, 0, 4.0),
    "weight": Lab("29463-7", "Body weight", "kg", 74, 15, 0, 500, 1, "vital-signs"),
    "height": Lab("8302-2", "Body height", "cm", 168, 10, 0, 300, 0, "vital-signs"),
    "bmi": Lab("39156-5", "Body mass index (BMI) [Ratio]", "kg/m2", 27.1, 5, 18.5, 30, 1, "vital-signs"),
    "pulse": Lab("8867-4", "Heart rate", "/min", 74, 12, 50, 100, 0, "vital-signs"),
}
BLOOD_PRESSURE = ("85354-9", "Blood pressure panel with all children optional")
PRESSURES = (
    Lab("8480-6", "Systolic blood pressure", "mm[Hg]", 132, 17, 90, 140, 0),
    Lab("8462-4", "Diastolic blood pressure", "mm[Hg]", 80, 11, 50, 90, 0),
)

PANELS: dict[str, tuple[tuple[str, ...], ...]] = {
    "renal": (("creatinine", "creatinine si"), ("egfr",), ("potassium",), ("sodium",)),
    "diabetes": (("hba1c",), ("glucose", "glucose si")),
    "lipids": (("cholesterol",), ("ldl",), ("hdl",), ("triglycerides",)),
    "blood": (("hemoglobin",), ("leukocytes",), ("platelets",)),
    "liver": (("alt",), ("bilirubin",)),
    "thyroid": (("tsh",),),
    "prostate": (("psa",),),
    "vitals": (("weight",), ("bmi",), ("pulse",)),
}
"""What is measured together: of several names one, as the laboratory reports it."""

SMOKING = ("72166-2", "Tobacco smoking status")
SMOKERS: tuple[tuple[str, str], ...] = (
    ("266919005", "Never smoked tobacco"),
    ("8517006", "Ex-smoker"),
    ("449868002", "Smokes tobacco daily"),
)
