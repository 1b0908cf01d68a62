"""The phantom studies by name: their series of slices, and what is drawn on and said of the first of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.samples.binding import Taken
from app.samples.phantoms.anatomy.leg import resected_leg
from app.samples.phantoms.clips import written_clip
from app.samples.phantoms.lesions import Lesion, nodule, osteosarcoma
from app.samples.phantoms.mammograms import written_views
from app.samples.phantoms.measurements import ReportedFinding, written_measurements
from app.samples.phantoms.scans import ct_chest, ct_head, ct_leg, mr_head, mr_leg, mr_leg_coronal
from app.samples.phantoms.segmentations import written_segmentation
from app.samples.phantoms.shapes import Spot
from app.samples.phantoms.structures import written_structures
from app.samples.phantoms.volumes import Slices, Volume, slices_of, written_slices

_Drawn = Callable[[Slices, int], bytes]


@dataclass(frozen=True, slots=True)
class PhantomRecipe:
    """What a study is made of: volumes, what is drawn on the first of them, or files made in another way."""

    volumes: tuple[Volume, ...] = ()
    drawn: tuple[_Drawn, ...] = ()
    others: Callable[[Taken], Iterator[bytes]] | None = None

    def files(self, taken: Taken) -> Iterator[bytes]:
        """Make the study and yield its files, series by series."""
        series = [slices_of(volume, taken, number) for number, volume in enumerate(self.volumes, 1)]
        for each in series:
            yield from written_slices(each)
        for number, draw in enumerate(self.drawn, len(series) + 1):
            yield draw(series[0], number)
        if self.others:
            yield from self.others(taken)


def _right_base(diameter: float) -> Lesion:
    return nodule("right lower lobe", "Nodule in the right lower lobe", Spot(-86.8, 42, -40), diameter)


def _left_top(diameter: float) -> Lesion:
    return nodule("left upper lobe", "Nodule in the left upper lobe", Spot(70, -28, 60), diameter)


def _middle(diameter: float) -> Lesion:
    return nodule("right middle lobe", "Nodule in the right middle lobe", Spot(-70, -50.4, 0), diameter)


def _left_base(diameter: float) -> Lesion:
    return nodule("left lower lobe", "Nodule in the left lower lobe", Spot(89.6, 42, -30), diameter)


GRANULOMA = nodule(
    "granuloma", "Calcified granuloma of the right upper lobe", Spot(-58.8, 9.8, 70), 5, "calcium"
)
_THREE = (_right_base(7), _left_top(5), _middle(4))
_FEWER = (_right_base(4), _left_top(3))
_MORE = (_right_base(9), _left_top(5), _left_base(6))
_BEFORE, _AFTER = osteosarcoma(58), osteosarcoma(40, share=0.8)
_TUMOUR = ReportedFinding(
    finding=("21708004", "SCT", "Osteosarcoma"),
    site=("71341001", "SCT", "Bone structure of femur"),
    procedure=("241654001", "SCT", "Magnetic resonance imaging of knee"),
    laterality=("7771000", "SCT", "Left"),
)


def _told(slices: Slices, number: int) -> bytes:
    return written_measurements(slices, _TUMOUR, number)


RECIPES: dict[str, PhantomRecipe] = {
    "chest, years before": PhantomRecipe((ct_chest(GRANULOMA),)),
    "chest at diagnosis": PhantomRecipe((ct_chest(GRANULOMA, contrast=True),)),
    "chest with nodules": PhantomRecipe(
        (ct_chest(*_THREE, GRANULOMA, contrast=True),), (written_segmentation,)
    ),
    "chest after chemotherapy": PhantomRecipe((ct_chest(*_FEWER, GRANULOMA),)),
    "chest with progress": PhantomRecipe((ct_chest(*_MORE, GRANULOMA),), (written_segmentation,)),
    "thigh with tumour": PhantomRecipe((ct_leg(_BEFORE, contrast=True),), (written_structures,)),
    "thigh with prosthesis": PhantomRecipe((ct_leg(anatomy=resected_leg),)),
    "knee with tumour": PhantomRecipe(mr_leg(_BEFORE), (written_segmentation, _told)),
    "knee after chemotherapy": PhantomRecipe(mr_leg(_AFTER), (written_segmentation, _told)),
    "heart": PhantomRecipe(others=written_clip),
    "breasts": PhantomRecipe(others=written_views),
    "head": PhantomRecipe((ct_head(),)),
    "head by MR": PhantomRecipe(mr_head()),
    "thick chest": PhantomRecipe((ct_chest(thick=True),)),
    "thick chest with nodules": PhantomRecipe((ct_chest(*_THREE, thick=True),)),
    "thick thigh with tumour": PhantomRecipe((ct_leg(_BEFORE, thick=True),)),
    "thick thigh with prosthesis": PhantomRecipe((ct_leg(anatomy=resected_leg, thick=True),)),
    "thick knee with tumour": PhantomRecipe((mr_leg_coronal(_BEFORE),)),
}
