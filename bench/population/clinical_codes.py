"""What people have and are given: conditions with what follows of them, drugs, procedures, allergies.

The order of a table is that of how often: the entry of rank n is drawn with the weight 1/(n+1).
"""

from dataclasses import dataclass

SNOMED = "http://snomed.info/sct"
ICD_10 = "http://hl7.org/fhir/sid/icd-10-cm"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CVX = "http://hl7.org/fhir/sid/cvx"


@dataclass(frozen=True, slots=True)
class Disease:
    """A condition: its codes, from what age and of which sex, and what usually comes with it, by name."""

    snomed: str
    name: str
    icd: str
    age: int = 0
    sex: str = ""
    chronic: bool = True
    drugs: tuple[str, ...] = ()
    labs: tuple[str, ...] = ()
    scans: tuple[str, ...] = ()
    procedure: str = ""


def _acute(
    snomed: str, name: str, icd: str, *drugs: str, scans: tuple[str, ...] = (), age: int = 0
) -> Disease:
    return Disease(snomed, name, icd, age, chronic=False, drugs=drugs, scans=scans)


DISEASES: tuple[Disease, ...] = (
    Disease(
        "38341003",
        "Hypertensive disorder",
        "I10",
        30,
        drugs=("lisinopril", "amlodipine", "losartan"),
        labs=("renal",),
    ),
    Disease(
        "55822004", "Hyperlipidemia", "E78.5", 30, drugs=("atorvastatin", "rosuvastatin"), labs=("lipids",)
    ),
    Disease(
        "44054006",
        "Diabetes mellitus type 2",
        "E11.9",
        35,
        drugs=("metformin", "empagliflozin", "insulin glargine"),
        labs=("diabetes", "renal"),
    ),
    _acute("195662009", "Acute viral pharyngitis", "J02.8", "ibuprofen"),
    _acute("10509002", "Acute bronchitis", "J20.9", "albuterol", scans=("chest film",)),
    Disease("414916001", "Obesity", "E66.9", 12, labs=("lipids",)),
    Disease(
        "396275006",
        "Osteoarthritis",
        "M19.90",
        45,
        drugs=("ibuprofen", "acetaminophen"),
        scans=("knee film", "knee mr"),
    ),
    Disease("235595009", "Gastroesophageal reflux disease", "K21.9", 20, drugs=("omeprazole",)),
    Disease("197480006", "Anxiety disorder", "F41.9", 14, drugs=("sertraline", "escitalopram")),
    Disease("35489007", "Depressive disorder", "F32.9", 14, drugs=("sertraline", "escitalopram")),
    _acute("444814009", "Viral sinusitis", "J32.9", "acetaminophen"),
    Disease("195967001", "Asthma", "J45.909", drugs=("albuterol", "fluticasone"), scans=("chest film",)),
    Disease("40930008", "Hypothyroidism", "E03.9", 25, drugs=("levothyroxine",), labs=("thyroid",)),
    _acute("68566005", "Urinary tract infectious disease", "N39.0", "nitrofurantoin"),
    Disease("271737000", "Anemia", "D64.9", labs=("blood",)),
    Disease(
        "53741008",
        "Coronary arteriosclerosis",
        "I25.10",
        45,
        drugs=("aspirin", "atorvastatin", "metoprolol"),
        labs=("lipids",),
        scans=("heart ct",),
        procedure="415070008",
    ),
    Disease(
        "709044004",
        "Chronic kidney disease",
        "N18.9",
        50,
        drugs=("losartan", "furosemide"),
        labs=("renal", "blood"),
        scans=("kidney us",),
    ),
    Disease(
        "13645005",
        "Chronic obstructive lung disease",
        "J44.9",
        50,
        drugs=("tiotropium", "albuterol"),
        scans=("chest film", "chest ct"),
    ),
    Disease(
        "49436004",
        "Atrial fibrillation",
        "I48.91",
        55,
        drugs=("apixaban", "warfarin", "metoprolol"),
        labs=("blood",),
        scans=("heart us",),
    ),
    Disease("64859006", "Osteoporosis", "M81.0", 55, sex="female", drugs=("alendronic acid",)),
    _acute(
        "233604007", "Pneumonia", "J18.9", "amoxicillin", "azithromycin", scans=("chest film", "chest ct")
    ),
    Disease("37796009", "Migraine", "G43.909", 12, drugs=("sumatriptan",), scans=("head mr",)),
    Disease(
        "84114007",
        "Heart failure",
        "I50.9",
        60,
        drugs=("furosemide", "spironolactone", "metoprolol"),
        labs=("renal",),
        scans=("heart us", "chest film"),
    ),
    Disease("90560007", "Gout", "M10.9", 40, drugs=("allopurinol",)),
    _acute("65363002", "Otitis media", "H66.90", "amoxicillin"),
    Disease("427359005", "Solitary nodule of lung", "R91.1", 45, scans=("chest ct",)),
    _acute("62106007", "Concussion injury of brain", "S06.0X0A", "acetaminophen", scans=("head ct",)),
    Disease(
        "254837009",
        "Malignant neoplasm of breast",
        "C50.919",
        35,
        sex="female",
        drugs=("tamoxifen", "letrozole", "paclitaxel"),
        labs=("blood", "liver"),
        scans=("mammogram", "chest ct", "pet"),
        procedure="392021009",
    ),
    _acute("65966004", "Fracture of forearm", "S52.90XA", "ibuprofen", scans=("wrist film",)),
    Disease(
        "363358000",
        "Malignant tumor of lung",
        "C34.90",
        45,
        drugs=("cisplatin", "carboplatin", "paclitaxel"),
        labs=("blood", "renal", "liver"),
        scans=("chest ct", "pet", "head mr"),
    ),
    Disease(
        "399068003",
        "Malignant tumor of prostate",
        "C61",
        50,
        sex="male",
        labs=("prostate",),
        scans=("pelvis mr",),
    ),
    Disease(
        "363406005",
        "Malignant tumor of colon",
        "C18.9",
        45,
        drugs=("fluorouracil", "oxaliplatin"),
        labs=("blood", "liver"),
        scans=("abdomen ct", "pet"),
        procedure="73761001",
    ),
    Disease(
        "230690007",
        "Cerebrovascular accident",
        "I63.9",
        50,
        drugs=("aspirin", "clopidogrel", "atorvastatin"),
        scans=("head ct", "head mr"),
    ),
    Disease(
        "22298006",
        "Myocardial infarction",
        "I21.9",
        45,
        drugs=("aspirin", "clopidogrel", "metoprolol"),
        scans=("heart us",),
        procedure="415070008",
    ),
    Disease(
        "69896004",
        "Rheumatoid arthritis",
        "M06.9",
        30,
        drugs=("methotrexate", "prednisone"),
        labs=("blood", "liver"),
        scans=("hand film",),
    ),
    Disease("84757009", "Epilepsy", "G40.909", drugs=("levetiracetam",), scans=("head mr",)),
    Disease("9014002", "Psoriasis", "L40.9", 15, drugs=("methotrexate",)),
    Disease("26929004", "Alzheimer's disease", "G30.9", 65, drugs=("donepezil",), scans=("head mr",)),
    Disease(
        "61977001",
        "Chronic type B viral hepatitis",
        "B18.1",
        20,
        drugs=("entecavir",),
        labs=("liver",),
        scans=("abdomen us",),
    ),
    Disease(
        "59282003", "Pulmonary embolism", "I26.99", 35, drugs=("apixaban", "warfarin"), scans=("chest ct",)
    ),
    Disease("128053003", "Deep venous thrombosis", "I82.409", 35, drugs=("apixaban",), scans=("leg us",)),
    Disease(
        "19943007",
        "Cirrhosis of liver",
        "K74.60",
        40,
        drugs=("spironolactone", "furosemide"),
        labs=("liver", "blood"),
        scans=("abdomen us", "abdomen mr"),
    ),
    Disease("49049000", "Parkinson's disease", "G20", 60, drugs=("levodopa",), scans=("head mr",)),
    Disease(
        "46635009",
        "Diabetes mellitus type 1",
        "E10.9",
        drugs=("insulin glargine",),
        labs=("diabetes", "renal"),
    ),
    Disease(
        "64766004",
        "Ulcerative colitis",
        "K51.90",
        15,
        drugs=("mesalamine", "prednisone"),
        labs=("blood",),
        procedure="73761001",
    ),
    Disease(
        "34000006",
        "Crohn's disease",
        "K50.90",
        15,
        drugs=("infliximab", "prednisone"),
        labs=("blood",),
        scans=("abdomen mr",),
    ),
    Disease(
        "93870000",
        "Malignant neoplasm of liver",
        "C22.9",
        45,
        drugs=("sorafenib",),
        labs=("liver", "blood"),
        scans=("abdomen ct", "abdomen mr"),
    ),
    Disease("24700007", "Multiple sclerosis", "G35", 20, drugs=("prednisone",), scans=("head mr",)),
    Disease("80659006", "Aneurysm of abdominal aorta", "I71.4", 60, scans=("abdomen ct", "abdomen us")),
    Disease(
        "307576001",
        "Osteosarcoma of bone",
        "C41.9",
        8,
        drugs=("methotrexate", "doxorubicin", "cisplatin"),
        labs=("blood", "renal"),
        scans=("chest ct", "knee mr", "pet"),
    ),
)

DRUGS: dict[str, tuple[str, str]] = {
    "lisinopril": ("29046", "mouth"),
    "amlodipine": ("17767", "mouth"),
    "losartan": ("52175", "mouth"),
    "atorvastatin": ("83367", "mouth"),
    "rosuvastatin": ("301542", "mouth"),
    "metformin": ("6809", "mouth"),
    "empagliflozin": ("1545653", "mouth"),
    "insulin glargine": ("274783", "skin"),
    "ibuprofen": ("5640", "mouth"),
    "acetaminophen": ("161", "mouth"),
    "albuterol": ("435", "lung"),
    "fluticasone": ("41126", "lung"),
    "tiotropium": ("69120", "lung"),
    "omeprazole": ("7646", "mouth"),
    "sertraline": ("36437", "mouth"),
    "escitalopram": ("321988", "mouth"),
    "levothyroxine": ("10582", "mouth"),
    "nitrofurantoin": ("7454", "mouth"),
    "aspirin": ("1191", "mouth"),
    "clopidogrel": ("32968", "mouth"),
    "metoprolol": ("6918", "mouth"),
    "furosemide": ("4603", "mouth"),
    "spironolactone": ("9997", "mouth"),
    "apixaban": ("1364430", "mouth"),
    "warfarin": ("11289", "mouth"),
    "alendronic acid": ("46041", "mouth"),
    "amoxicillin": ("723", "mouth"),
    "azithromycin": ("18631", "mouth"),
    "sumatriptan": ("37418", "mouth"),
    "allopurinol": ("519", "mouth"),
    "tamoxifen": ("10324", "mouth"),
    "letrozole": ("72965", "mouth"),
    "paclitaxel": ("56946", "vein"),
    "cisplatin": ("2555", "vein"),
    "carboplatin": ("40048", "vein"),
    "fluorouracil": ("4492", "vein"),
    "oxaliplatin": ("32592", "vein"),
    "doxorubicin": ("3639", "vein"),
    "methotrexate": ("6851", "mouth"),
    "prednisone": ("8640", "mouth"),
    "levetiracetam": ("114477", "mouth"),
    "donepezil": ("135447", "mouth"),
    "entecavir": ("306266", "mouth"),
    "levodopa": ("6375", "mouth"),
    "mesalamine": ("52582", "mouth"),
    "infliximab": ("191831", "vein"),
    "sorafenib": ("495881", "mouth"),
}
"""The ingredient in RxNorm, and the way in."""

ROUTES = {
    "mouth": ("26643006", "Oral route"),
    "skin": ("34206005", "Subcutaneous route"),
    "lung": ("447694001", "Respiratory tract route"),
    "vein": ("47625008", "Intravenous route"),
}

PROCEDURES: tuple[tuple[str, str], ...] = (
    ("29303009", "Electrocardiographic procedure"),
    ("73761001", "Colonoscopy"),
    ("430193006", "Medication reconciliation"),
    ("54885007", "Cataract surgery"),
    ("38102005", "Cholecystectomy"),
    ("609588000", "Total knee replacement"),
    ("52734007", "Total replacement of hip"),
    ("80146002", "Appendectomy"),
    ("11466000", "Cesarean section"),
    ("415070008", "Percutaneous coronary intervention"),
    ("392021009", "Lumpectomy of breast"),
    ("367336001", "Chemotherapy"),
    ("232717009", "Coronary artery bypass graft"),
    ("265764009", "Renal dialysis"),
)
PROCEDURE_NAMES = dict(PROCEDURES)
OF_WOMEN = frozenset({"11466000", "392021009"})

ALLERGIES: tuple[tuple[str, str, str, str], ...] = (
    ("91936005", "Allergy to penicillin", "medication", "high"),
    ("91935009", "Allergy to peanut", "food", "high"),
    ("232347008", "Allergy to animal dander", "environment", "low"),
    ("293586001", "Allergy to aspirin", "medication", "low"),
    ("300913006", "Allergy to shellfish", "food", "high"),
    ("293637006", "Allergy to iodinated contrast media", "medication", "high"),
    ("1003755004", "Allergy to latex", "environment", "low"),
)

VACCINES: tuple[tuple[str, str], ...] = (
    ("140", "Influenza, seasonal, injectable, preservative free"),
    ("213", "SARS-COV-2 (COVID-19) vaccine, UNSPECIFIED"),
    ("33", "Pneumococcal polysaccharide PPV23"),
    ("121", "Zoster live"),
)

ENCOUNTERS: tuple[tuple[str, str, str, float], ...] = (
    ("AMB", "185349003", "Encounter for check up", 1 / 48),
    ("AMB", "390906007", "Follow-up encounter", 1 / 48),
    ("EMER", "50849002", "Emergency department admission", 1 / 6),
    ("IMP", "32485007", "Hospital admission", 4.0),
)
"""Class, type, and how many days it takes."""
