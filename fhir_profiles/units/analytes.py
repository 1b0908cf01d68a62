"""What laboratories measure in amounts and in masses: by LOINC code, how much one mole of it weighs.

A mole of cholesterol is not one of glucose, so mg/dL becomes mmol/L only where the code says of what.
Haemoglobin is counted by its monomer, urea nitrogen by its two atoms, triglycerides as triolein: as
laboratories do.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Analyte:
    """What a LOINC code measures: grams of one mole, moles of charge in one, and what an enzyme's unit is.

    `enzyme`: its international unit is the enzyme unit, one micromole a minute.
    """

    name: str
    grams: float = 0.0
    valence: int = 0
    enzyme: bool = False


LOINC = "http://loinc.org"
_MEASURED: Mapping[Analyte, str] = {
    Analyte("creatinine", 113.12): "2160-0 38483-4 14682-9 2161-8 14683-7 35203-9 59826-8 77140-2",
    Analyte("glucose", 180.156): "2345-7 2339-0 2340-8 1558-6 14749-6 15074-8 14771-0 41653-7 1521-4 2350-7",
    Analyte("urea nitrogen", 28.014): "3094-0 6299-2 14937-7 12961-9",
    Analyte("urea", 60.06): "22664-7 3091-6 22705-8",
    Analyte("urate", 168.11): "3084-1 14933-6",
    Analyte("cholesterol", 386.65): "2093-3 14647-2 35200-5",
    Analyte("LDL cholesterol", 386.65): "13457-7 18262-6 2089-1 22748-8 39469-2 69419-0",
    Analyte("HDL cholesterol", 386.65): "2085-9 14646-4 49130-4",
    Analyte("non-HDL cholesterol", 386.65): "43396-1 70204-3",
    Analyte("triglycerides", 885.43): "2571-8 14927-8 3043-7 12951-0 47210-0",
    Analyte("bilirubin", 584.66): "1975-2 14631-6 42719-5",
    Analyte("direct bilirubin", 584.66): "1968-7 14629-0 15152-2",
    Analyte("calcium", 40.078, 2): "17861-6 2000-8 49765-1",
    Analyte("ionized calcium", 40.078, 2): "1995-0 1994-3 17863-2 12180-6 29265-6",
    Analyte("magnesium", 24.305, 2): "19123-9 2601-3 2593-2",
    Analyte("phosphate", 30.974): "2777-1 14879-1",
    Analyte("sodium", 22.990, 1): "2951-2 2947-0 2955-3",
    Analyte("potassium", 39.098, 1): "2823-3 6298-4 2828-2",
    Analyte("chloride", 35.453, 1): "2075-0 2069-3 2078-4",
    Analyte("bicarbonate", 61.016, 1): "1963-8 1959-6 1960-4 2028-9 2024-8",
    Analyte("iron", 55.845): "2498-4 14798-3",
    Analyte("iron binding capacity", 55.845): "2500-7 14800-7",
    Analyte("haemoglobin", 16_114.5): "718-7 59260-0 20509-6 30350-3 30313-1 54289-4 55782-7",
    Analyte("lactate", 89.07): "2524-7 14118-4 32693-4 2518-9 2519-7 30241-4",
    Analyte("ammonia", 17.031): "1841-6 16362-6 22763-7 1845-7",
    Analyte("cortisol", 362.46): "2143-6 14675-3 9813-7",
    Analyte("testosterone", 288.42): "2986-8 14913-8",
    Analyte("oestradiol", 272.38): "2243-4 14715-7",
    Analyte("progesterone", 314.46): "2839-9 14890-8",
    Analyte("free thyroxine", 776.87): "3024-7 14920-3",
    Analyte("thyroxine", 776.87): "3026-2 14921-1",
    Analyte("triiodothyronine", 650.97): "3053-6 14930-2",
    Analyte("free triiodothyronine", 650.97): "3051-0 14928-6",
    Analyte("25-hydroxyvitamin D", 400.64): "1989-3 62292-8 14635-7 35365-6",
    Analyte("cobalamin", 1355.37): "2132-9 14685-2",
    Analyte("folate", 441.40): "2284-8 14732-2",
    Analyte("homocysteine", 135.18): "13965-9 2428-1",
    Analyte("C-peptide", 3020.3): "1986-9 14633-2",
    Analyte("insulin", 5808.0): "20448-7 2484-4",
    Analyte("lithium", 6.94, 1): "3719-2 14334-7",
    Analyte("digoxin", 780.94): "10535-3 14698-5",
    Analyte("lead", 207.2): "5671-3 77307-7 10368-9",
    Analyte("albumin", 66_500.0): "1751-7 2862-1 61151-7 61152-5",
    Analyte("ALT", enzyme=True): "1742-6 1743-4 1744-2 76625-3",
    Analyte("AST", enzyme=True): "1920-8 30239-8 88112-8",
    Analyte("alkaline phosphatase", enzyme=True): "6768-6 1783-0",
    Analyte("GGT", enzyme=True): "2324-2",
    Analyte("lactate dehydrogenase", enzyme=True): "2532-0 14804-9 14805-6",
    Analyte("creatine kinase", enzyme=True): "2157-6",
    Analyte("amylase", enzyme=True): "1798-8",
    Analyte("lipase", enzyme=True): "3040-3",
}
ANALYTES: Mapping[str, Analyte] = {
    code: analyte for analyte, codes in _MEASURED.items() for code in codes.split()
}
"""By LOINC code."""

GLYCATED = frozenset(["4548-4", "17856-6", "4549-2", "41995-2", "59261-8", "17855-8", "71875-9"])
"""Haemoglobin A1c, of which the two units are no multiples: IFCC mmol/mol and NGSP per cent."""
