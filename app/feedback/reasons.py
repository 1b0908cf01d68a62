"""Why an outcome is told to who read: what it is, of what, how long after, and its tie to the read."""

from collections.abc import Mapping

from app.feedback.outcomes import OutcomeKind
from app.feedback.packets import Evidence
from app.feedback.ties import Tie
from app.records.glance.sides import LEFT, RIGHT
from graph.wording import Phrase, marked

_K = OutcomeKind

_PLACED: Mapping[OutcomeKind, str] = {
    _K.ADDENDUM: marked("an addendum on the %(place)s, %(when)s your %(exam)s"),
    _K.SECOND_READ: marked("a second read of the %(place)s, %(when)s your %(exam)s"),
    _K.PATHOLOGY: marked("pathology of the %(place)s %(when)s your %(exam)s"),
    _K.SURGERY: marked("surgery of the %(place)s %(when)s your %(exam)s"),
    _K.DISCHARGE_DIAGNOSIS: marked("a discharge diagnosis of the %(place)s %(when)s your %(exam)s"),
    _K.FOLLOW_UP_IMAGING: marked("later pictures of the %(place)s %(when)s your %(exam)s"),
}
_UNPLACED: Mapping[OutcomeKind, str] = {
    _K.ADDENDUM: marked("an addendum %(when)s your %(exam)s"),
    _K.SECOND_READ: marked("a second read %(when)s your %(exam)s"),
    _K.PATHOLOGY: marked("pathology %(when)s your %(exam)s"),
    _K.SURGERY: marked("surgery %(when)s your %(exam)s"),
    _K.DISCHARGE_DIAGNOSIS: marked("a discharge diagnosis %(when)s your %(exam)s"),
    _K.FOLLOW_UP_IMAGING: marked("later pictures %(when)s your %(exam)s"),
}
_TIES: Mapping[Tie, str] = {
    Tie.CITED: marked("it names your report or its pictures"),
    Tie.SAME_EXAM: marked("it is about the same pictures"),
    Tie.FOUND: marked("it is about what you found: %(finding)s"),
    Tie.DENIED: marked("it is about what you said was not there: %(finding)s"),
    Tie.ASKED: marked("your report asked for it"),
    Tie.NORMAL: marked("it is of what your pictures show, where you found nothing"),
    Tie.PLACE: marked("it is of what your pictures show"),
    Tie.JOINED: marked("it goes with the tissue that was found there"),
}
_REPORT = marked("report")
_ON_THE_DAY = marked("on the day of")
_THE_DAY_AFTER = marked("the day after")
_DAYS_AFTER = marked("%(days)s days after")
_SIDED: Mapping[frozenset[str], str] = {
    frozenset({LEFT}): marked("left %(organ)s"),
    frozenset({RIGHT}): marked("right %(organ)s"),
}
_ORGANS: Mapping[str, str] = {
    "ABDOMEN": marked("abdomen"),
    "ADRENAL": marked("adrenal gland"),
    "ANKLE": marked("ankle"),
    "AORTA": marked("aorta"),
    "APPENDIX": marked("appendix"),
    "AXILLA": marked("armpit"),
    "BILEDUCT": marked("bile duct"),
    "BLADDER": marked("bladder"),
    "BRAIN": marked("brain"),
    "BREAST": marked("breast"),
    "CAROTID": marked("carotid artery"),
    "CHEST": marked("chest"),
    "CLAVICLE": marked("clavicle"),
    "COLON": marked("colon"),
    "CSPINE": marked("cervical spine"),
    "DUODENUM": marked("duodenum"),
    "EAR": marked("ear"),
    "ELBOW": marked("elbow"),
    "ESOPHAGUS": marked("esophagus"),
    "FACE": marked("face"),
    "FEMUR": marked("thigh bone"),
    "FINGER": marked("finger"),
    "FOOT": marked("foot"),
    "FOREARM": marked("forearm"),
    "GALLBLADDER": marked("gallbladder"),
    "HAND": marked("hand"),
    "HEAD": marked("head"),
    "HEART": marked("heart"),
    "HIP": marked("hip"),
    "KIDNEY": marked("kidney"),
    "KNEE": marked("knee"),
    "LIVER": marked("liver"),
    "LOWERLEG": marked("lower leg"),
    "LOWERLIMB": marked("leg"),
    "LSPINE": marked("lumbar spine"),
    "LUNG": marked("lung"),
    "MEDIASTINUM": marked("mediastinum"),
    "NECK": marked("neck"),
    "ORBIT": marked("orbit"),
    "OVARY": marked("ovary"),
    "PANCREAS": marked("pancreas"),
    "PAROTID": marked("parotid gland"),
    "PELVIS": marked("pelvis"),
    "PROSTATE": marked("prostate"),
    "RECTUM": marked("rectum"),
    "RIB": marked("ribs"),
    "SHOULDER": marked("shoulder"),
    "SIJOINT": marked("sacroiliac joint"),
    "SINUS": marked("sinuses"),
    "SMALLINTESTINE": marked("small bowel"),
    "SPINE": marked("spine"),
    "SPLEEN": marked("spleen"),
    "SSPINE": marked("sacrum"),
    "STERNUM": marked("breastbone"),
    "STOMACH": marked("stomach"),
    "TESTIS": marked("testis"),
    "THUMB": marked("thumb"),
    "THYROID": marked("thyroid"),
    "TSPINE": marked("thoracic spine"),
    "UPPERARM": marked("upper arm"),
    "UPPERLIMB": marked("arm"),
    "URETER": marked("ureter"),
    "UTERUS": marked("uterus"),
    "WRIST": marked("wrist"),
}
_WIDE = ("CHEST", "ABDOMEN", "PELVIS", "HEAD", "NECK", "UPPERLIMB", "LOWERLIMB", "SPINE")
LONGEST = 160  # characters of an examination's name, or of a finding, that are said


def reason_of(
    kind: OutcomeKind, regions: frozenset[str], sides: frozenset[str], days: int, exam: str
) -> Phrase:
    """What an outcome is, and how long after a read: `pathology of the left lung 12 days after your CT`."""
    place = place_of(regions, sides)
    values = {"when": _when(days), "exam": exam[:LONGEST] or Phrase(_REPORT)}
    return Phrase(_PLACED[kind], {**values, "place": place}) if place else Phrase(_UNPLACED[kind], values)


def _when(days: int) -> Phrase:
    known = {0: Phrase(_ON_THE_DAY), 1: Phrase(_THE_DAY_AFTER)}
    return known.get(days) or Phrase(_DAYS_AFTER, {"days": days})


def place_of(regions: frozenset[str], sides: frozenset[str]) -> Phrase | None:
    """The words for regions of the body, the narrowest one, with its side; None of none that has words."""
    known = sorted(regions & _ORGANS.keys(), key=lambda each: (each in _WIDE, each))
    if not known:
        return None
    organ = Phrase(_ORGANS[known[0]])
    return Phrase(_SIDED[sides], {"organ": organ}) if sides in _SIDED else organ


def because(tie: Tie, finding: str) -> Phrase:
    """By what an outcome is tied to a read, with the words of the read that it is about."""
    return Phrase(_TIES[tie], {"finding": finding[:LONGEST].rstrip(" .")})


def retold(evidence: Evidence) -> tuple[Phrase, Phrase]:
    """Why kept evidence was told, and by what it is tied to the read, in words again."""
    reason = reason_of(
        OutcomeKind(evidence.kind),
        frozenset(evidence.place),
        frozenset(evidence.sides),
        evidence.days,
        evidence.exam,
    )
    return reason, because(Tie(evidence.tie), evidence.finding)
