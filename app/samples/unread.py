"""Patients whose newest pictures wait to be read, each with an earlier study to compare with."""

from app.samples.calendar import Ago
from app.samples.case import Case, Diagnosis, Report, Study, Verdict, Via

_CLEAR_CHEST = "No nodule. 폐결절 없음."
_CLEAR_HEAD = "No haemorrhage, no infarct. 출혈 및 경색 소견 없음."
_LAST = Ago(days=1)

UNREAD = (
    Case(
        key="read-01",
        family="Baek",
        given="Jiho",
        korean=("백", "지호"),
        sex="male",
        age=Ago(years=67, days=40),
        verdict=Verdict.EXCLUDED,
        reason="no tumour of bone; a chest CT of yesterday waits to be read",
        studies=(
            Study("ct chest", Ago(days=365), (Report(Via.REFERENCE, _CLEAR_CHEST),)),
            Study("ct chest nodules", _LAST, reason="Haemoptysis for two days, heavy smoker"),
        ),
    ),
    Case(
        key="read-02",
        family="Nam",
        given="Eunseo",
        korean=("남", "은서"),
        sex="female",
        age=Ago(years=34, days=200),
        verdict=Verdict.EXCLUDED,
        reason="a tumour of bone that is no osteosarcoma; an MR of yesterday waits to be read",
        diagnoses=(Diagnosis("chondrosarcoma", Ago(days=300)),),
        studies=(
            Study("mr knee", Ago(days=180), (Report(Via.REFERENCE, "Stable. 변화 없음."),)),
            Study("mr knee", _LAST, reason="Chondrosarcoma of the distal femur, follow-up"),
        ),
    ),
    Case(
        key="read-03",
        family="Gil",
        given="Seongmin",
        korean=("길", "성민"),
        sex="male",
        age=Ago(years=81, days=10),
        verdict=Verdict.EXCLUDED,
        reason="no tumour; a head CT of yesterday waits to be read",
        studies=(
            Study("ct head", Ago(days=90), (Report(Via.REFERENCE, _CLEAR_HEAD),)),
            Study("ct head", _LAST, reason="Fall at home, on anticoagulants"),
        ),
    ),
    Case(
        key="read-04",
        family="Pyo",
        given="Yuna",
        korean=("표", "유나"),
        sex="female",
        age=Ago(years=58, days=77),
        verdict=Verdict.EXCLUDED,
        reason="no tumour; nobody was asked to read her chest CT of two days ago",
        studies=(
            Study("ct chest", Ago(days=400), (Report(Via.REFERENCE, _CLEAR_CHEST),)),
            Study("ct chest", Ago(days=2), reason="Screening, former smoker"),
        ),
    ),
)
"""Near misses of the sample question as well: none of them has the diagnosis that it asks for."""
