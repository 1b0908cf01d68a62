"""Presentation states: each part applied by itself, and one that highdicom authored."""

from typing import Any

import numpy
import pytest
from highdicom.pr import (
    AnnotationUnitsValues,
    GraphicAnnotation,
    GraphicLayer,
    GraphicObject,
    GraphicTypeValues,
    GrayscaleSoftcopyPresentationState,
    TextObject,
)
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.sr.codedict import codes
from pydicom.uid import CTImageStorage

from app.imaging.render.faults import Unrenderable
from app.imaging.render.presentation import COLOR, GRAYSCALE, PSEUDO_COLOR
from app.imaging.render.wishes import Viewport, Wish
from tests.factories.pixels import (
    add_overlay,
    drawn,
    header_of,
    item_of,
    lookup_item,
    palette_header,
    source_slice,
)

UID = "1.2.3"
VALUES = numpy.array([[0, 50, 100], [150, 200, 250]], numpy.uint16)
SHADES = numpy.array([[0, 50, 100], [150, 200, 250]], numpy.uint8)
LARGE = numpy.zeros((100, 200), numpy.uint8)


def shown(
    values: NDArray[Any], *, viewport: Viewport | None = None, number: int = 1, **state: Any
) -> NDArray[numpy.uint8]:
    """How a state shows values whose own header says something else."""
    header = header_of(values, SOPInstanceUID=UID, PixelSpacing=[1, 1], NumberOfFrames=2)
    header.update(item_of(WindowCenter=9, WindowWidth=1, RescaleSlope=5, RescaleIntercept=5))
    return with_state(values, header, item_of(**state), viewport=viewport, number=number)


def with_state(
    values: NDArray[Any],
    header: Dataset,
    state: Dataset,
    *,
    viewport: Viewport | None = None,
    number: int = 1,
) -> NDArray[numpy.uint8]:
    return drawn(values, header, number=number, wish=Wish(presentation=state, viewport=viewport))


def window(center: float, width: float, *references: Dataset) -> Dataset:
    item = item_of(WindowCenter=center, WindowWidth=width, VOILUTFunction="LINEAR_EXACT")
    if references:
        item.ReferencedImageSequence = list(references)
    return item


def image(uid: str = UID, *frames: int) -> Dataset:
    reference = item_of(ReferencedSOPClassUID=CTImageStorage, ReferencedSOPInstanceUID=uid)
    if frames:
        reference.ReferencedFrameNumber = list(frames)
    return reference


def test_the_state_alone_says_how_grey_it_is() -> None:
    ours = shown(VALUES, RescaleSlope=2, RescaleIntercept=-100, SoftcopyVOILUTSequence=[window(100, 400)])

    assert ours.tolist() == [[0, 64, 128], [191, 255, 255]]


def test_without_a_voi_lut_nothing_is_changed() -> None:
    assert numpy.array_equal(shown(SHADES), SHADES)
    assert shown(VALUES * 257, BitsStored=16)[1, 2] == 250


def test_inverse_is_inverse_whatever_the_picture_was() -> None:
    header = header_of(SHADES, PhotometricInterpretation="MONOCHROME1")

    assert numpy.array_equal(with_state(SHADES, header, item_of(PresentationLUTShape="IDENTITY")), SHADES)
    assert numpy.array_equal(
        with_state(SHADES, header, item_of(PresentationLUTShape="INVERSE")), 255 - SHADES
    )


def test_tables_of_a_state_are_looked_up() -> None:
    entries = [255 - each for each in range(256)]

    assert numpy.array_equal(
        shown(SHADES, PresentationLUTSequence=[lookup_item(entries, bits=8)]), 255 - SHADES
    )
    voi = item_of(VOILUTSequence=[lookup_item(entries, bits=8)])
    assert numpy.array_equal(shown(SHADES, SoftcopyVOILUTSequence=[voi]), 255 - SHADES)


def test_what_names_other_images_is_for_them() -> None:
    items = [window(125, 1, image("9.9")), window(100, 200, image(UID, 2)), window(50, 100, image())]

    assert shown(VALUES, SoftcopyVOILUTSequence=items).tolist() == [[0, 128, 255], [255, 255, 255]]
    assert shown(VALUES, SoftcopyVOILUTSequence=items, number=2).tolist() == [[0, 64, 128], [191, 255, 255]]


@pytest.mark.parametrize(
    ("keywords", "expected"),
    [
        ({"ImageRotation": 0}, [[0, 50, 100], [150, 200, 250]]),
        ({"ImageRotation": 90}, [[150, 0], [200, 50], [250, 100]]),
        ({"ImageRotation": 180}, [[250, 200, 150], [100, 50, 0]]),
        ({"ImageRotation": 270}, [[100, 250], [50, 200], [0, 150]]),
        ({"ImageHorizontalFlip": "Y"}, [[100, 50, 0], [250, 200, 150]]),
        ({"ImageRotation": 90, "ImageHorizontalFlip": "Y"}, [[0, 150], [50, 200], [100, 250]]),
        ({"ImageRotation": 45}, [[0, 50, 100], [150, 200, 250]]),
    ],
)
def test_a_picture_is_turned_clockwise_then_flipped(
    keywords: dict[str, Any], expected: list[list[int]]
) -> None:
    assert shown(SHADES, **keywords).tolist() == expected


def area(left: int, top: int, right: int, bottom: int, **keywords: Any) -> dict[str, Any]:
    item = item_of(
        DisplayedAreaTopLeftHandCorner=[left, top],
        DisplayedAreaBottomRightHandCorner=[right, bottom],
        PresentationSizeMode="SCALE TO FIT",
        PresentationPixelAspectRatio=[1, 1],
    )
    item.update(item_of(**keywords))
    return {"DisplayedAreaSelectionSequence": [item]}


def test_the_displayed_area_is_displayed() -> None:
    assert shown(SHADES, **area(2, 1, 3, 2)).tolist() == [[50, 100], [200, 250]]
    assert shown(SHADES, **area(3, 2, 2, 1)).tolist() == [[50, 100], [200, 250]]
    assert shown(SHADES, **area(0, 2, 1, 3)).tolist() == [[0, 150], [0, 0]]
    assert shown(SHADES, **area(50, 50, 51, 50)).tolist() == [[0, 0]]
    assert shown(SHADES, **area(1, 1, 3, 2), viewport=Viewport(width=30, height=90)).shape == (20, 30)


def test_pixels_of_a_state_are_shown_square() -> None:
    assert shown(SHADES, **area(1, 1, 3, 2, PresentationPixelAspectRatio=[3, 1])).shape == (6, 3)
    assert shown(SHADES, **area(1, 1, 3, 2, PresentationPixelSpacing=[1, 2])).shape == (2, 6)
    turned = area(1, 1, 3, 2, PresentationPixelAspectRatio=[3, 1]) | {"ImageRotation": 90}
    assert shown(SHADES, **turned).shape == (3, 6)


def test_a_state_may_magnify() -> None:
    magnified = area(1, 1, 3, 2, PresentationSizeMode="MAGNIFY", PresentationPixelMagnificationRatio=4.0)

    assert shown(SHADES, **magnified).shape == (8, 12)


def test_an_area_that_is_too_large_is_refused() -> None:
    with pytest.raises(Unrenderable, match="displayed area"):
        shown(SHADES, **area(-2_000_000_000, 1, 2_000_000_000, 9))


def test_shutters_cover() -> None:
    bright = numpy.full((20, 20), 200, numpy.uint8)
    rectangle = shown(
        bright,
        ShutterShape="RECTANGULAR",
        ShutterLeftVerticalEdge=3,
        ShutterRightVerticalEdge=5,
        ShutterUpperHorizontalEdge=2,
        ShutterLowerHorizontalEdge=10,
        ShutterPresentationValue=65535,
    )
    assert numpy.argwhere(rectangle == 200).min(0).tolist() == [1, 2]
    assert numpy.argwhere(rectangle == 200).max(0).tolist() == [9, 4]
    assert rectangle[0, 0] == 255

    circle = shown(
        bright, ShutterShape="CIRCULAR", CenterOfCircularShutter=[10, 10], RadiusOfCircularShutter=5
    )
    assert (circle[9, 9], circle[9, 14], circle[9, 15], circle[13, 13]) == (200, 200, 0, 0)

    polygon = shown(bright, ShutterShape="POLYGONAL", VerticesOfThePolygonalShutter=[1, 1, 1, 20, 20, 1])
    assert (polygon[0, 0], polygon[1, 1], polygon[19, 19]) == (200, 200, 0)

    both = shown(
        bright,
        ShutterShape=["CIRCULAR", "POLYGONAL"],
        CenterOfCircularShutter=[10, 10],
        RadiusOfCircularShutter=5,
        VerticesOfThePolygonalShutter=[1, 1, 1, 20, 20, 1],
        ShutterPresentationColorCIELabValue=[34900, 53485, 50171],
    )
    assert both.ndim == 3
    assert both[8, 8].tolist() == [200, 200, 200]
    assert both[0, 0, 0] > 250


def test_overlays_are_shown_where_the_state_activates_them() -> None:
    header = header_of(LARGE, SOPInstanceUID=UID)
    add_overlay(header, numpy.ones((2, 2), numpy.uint8), origin=[5, 6])
    state = item_of(
        GraphicLayerSequence=[
            item_of(
                GraphicLayer="ONE", GraphicLayerOrder=1, GraphicLayerRecommendedDisplayGrayscaleValue=32896
            )
        ]
    )
    assert not with_state(LARGE, header, state).any()

    state.add_new((0x6000, 0x1001), "CS", "ONE")
    assert numpy.argwhere(with_state(LARGE, header, state)).tolist() == [[4, 5], [4, 6], [5, 5], [5, 6]]
    assert with_state(LARGE, header, state).max() == 128

    own = item_of(ShutterShape="BITMAP", ShutterOverlayGroup=0x6002, ShutterPresentationValue=65535)
    add_overlay(own, numpy.ones((1, 3), numpy.uint8), group=0x6002)
    assert numpy.argwhere(with_state(LARGE, header, own)).tolist() == [[0, 0], [0, 1], [0, 2]]


def graphic(kind: str, *numbers: float, units: str = "PIXEL", filled: str = "N") -> dict[str, Any]:
    item = item_of(
        GraphicAnnotationUnits=units,
        GraphicDimensions=2,
        NumberOfGraphicPoints=len(numbers) // 2,
        GraphicData=list(numbers),
        GraphicType=kind,
        GraphicFilled=filled,
    )
    return {"GraphicAnnotationSequence": [item_of(GraphicLayer="ONE", GraphicObjectSequence=[item])]}


def test_graphics_are_drawn_in_pixels_of_the_source() -> None:
    line = shown(LARGE, **graphic("POLYLINE", 10, 20, 60, 20))
    assert line[20, 10:61].min() == 255
    assert numpy.count_nonzero(line) <= 120

    filled = shown(LARGE, **graphic("POLYLINE", 10, 10, 30, 10, 30, 40, 10, 40, 10, 10, filled="Y"))
    assert filled[25, 20] == 255
    assert shown(LARGE, **graphic("POLYLINE", 10, 10, 30, 10, 30, 40, 10, 40, 10, 10))[25, 20] == 0

    point = shown(LARGE, **graphic("POINT", 50, 50))
    assert point[50, 50] == 255


def test_circles_and_ellipses_go_through_their_points() -> None:
    circle = shown(LARGE, **graphic("CIRCLE", 100, 50, 130, 50))
    for across, down in ((130, 50), (70, 50), (100, 20), (100, 80)):
        assert circle[down - 1 : down + 2, across - 1 : across + 2].max() == 255
    assert circle[50, 100] == 0

    ellipse = shown(LARGE, **graphic("ELLIPSE", 60, 50, 140, 50, 100, 30, 100, 70))
    for across, down in ((60, 50), (140, 50), (100, 30), (100, 70)):
        assert ellipse[down - 1 : down + 2, across - 1 : across + 2].max() == 255


def test_curves_go_through_their_points() -> None:
    curve = shown(LARGE, **graphic("INTERPOLATED", 20, 50, 60, 20, 100, 70, 150, 30))

    for across, down in ((20, 50), (60, 20), (100, 70), (150, 30)):
        assert curve[down - 1 : down + 2, across - 1 : across + 2].max() == 255


def test_graphics_go_with_the_picture_that_is_cut_turned_and_scaled() -> None:
    state = graphic("POINT", 150, 25) | area(101, 1, 200, 50) | {"ImageRotation": 90}

    ours = shown(LARGE, viewport=Viewport(width=500, height=1000), **state)

    assert ours.shape == (1000, 500)
    assert ours[498:503, 248:253].max() == 255


def test_graphics_may_be_placed_on_the_display() -> None:
    state = graphic("POINT", 0.25, 0.75, units="DISPLAY") | {"ImageRotation": 180}

    assert shown(LARGE, **state)[75, 50] == 255


def test_layers_have_their_order_and_colours() -> None:
    layers = [
        item_of(GraphicLayer="HIGH", GraphicLayerOrder=2),
        item_of(
            GraphicLayer="LOW",
            GraphicLayerOrder=1,
            GraphicLayerRecommendedDisplayCIELabValue=[34900, 53485, 50171],
        ),
    ]
    line = graphic("POLYLINE", 0, 50, 199, 50)["GraphicAnnotationSequence"][0].GraphicObjectSequence
    other = graphic("POLYLINE", 50, 0, 50, 99)["GraphicAnnotationSequence"][0].GraphicObjectSequence
    annotations = [
        item_of(GraphicLayer="HIGH", GraphicObjectSequence=line),
        item_of(GraphicLayer="LOW", GraphicObjectSequence=other),
    ]

    ours = shown(LARGE, GraphicLayerSequence=layers, GraphicAnnotationSequence=annotations)

    assert ours[50, 50].tolist() == [255, 255, 255]
    assert ours[10, 50, 0] > 250
    assert ours[10, 50, 1:].max() < 10


def text(words: str, **keywords: Any) -> dict[str, Any]:
    item = item_of(UnformattedTextValue=words, **keywords)
    return {"GraphicAnnotationSequence": [item_of(GraphicLayer="ONE", TextObjectSequence=[item])]}


def test_texts_are_written_in_their_box() -> None:
    ours = shown(
        LARGE,
        **text(
            "Look here\nthere",
            BoundingBoxAnnotationUnits="PIXEL",
            BoundingBoxTopLeftHandCorner=[20, 10],
            BoundingBoxBottomRightHandCorner=[180, 50],
        ),
    )

    found = numpy.argwhere(ours)
    assert found.min(0).tolist() >= [9, 18]
    assert found.max(0)[0] < 60
    assert found.max(0)[1] < 185


def test_texts_are_tied_to_their_anchor() -> None:
    anchored = {"AnchorPoint": [150, 90], "AnchorPointAnnotationUnits": "PIXEL"}
    box = {
        "BoundingBoxAnnotationUnits": "DISPLAY",
        "BoundingBoxTopLeftHandCorner": [0.1, 0.1],
        "BoundingBoxBottomRightHandCorner": [0.5, 0.3],
    }

    assert shown(LARGE, **text("A", **anchored, AnchorPointVisibility="Y", **box))[85:91, 140:151].any()
    assert not shown(LARGE, **text("A", **anchored, AnchorPointVisibility="N", **box))[85:91, 140:151].any()
    assert shown(LARGE, **text("A", **anchored))[80:, 145:].any()


@pytest.mark.parametrize(
    "state",
    [
        graphic("POLYLINE", 1e30, -1e30, 5, 5),
        graphic("CIRCLE", 1, 1),
        graphic("ELLIPSE", 1, 1, 2, 2),
        graphic("POLYLINE", 1),
        graphic("SPIRAL", 1, 1, 2, 2),
        graphic("CIRCLE", 1, 1, 1e38, 1e38, filled="Y"),
        text(""),
        text("no place"),
        {"GraphicAnnotationSequence": [item_of()]},
        {"ShutterShape": "POLYGONAL"},
        {"ShutterShape": "CIRCULAR", "CenterOfCircularShutter": [1, 1]},
        {"ShutterShape": "STAR"},
    ],
)
def test_odd_states_are_shown_as_far_as_they_go(state: dict[str, Any]) -> None:
    assert shown(LARGE, **state).shape[:2] == LARGE.shape


def test_a_pseudo_color_state_spreads_its_palette() -> None:
    state = item_of(SOPClassUID=PSEUDO_COLOR, SoftcopyVOILUTSequence=[window(125, 250)])
    rows = numpy.array([[0, 10, 20], [100, 110, 120], [200, 210, 220]], numpy.uint8)
    for channel, colour in enumerate(("Red", "Green", "Blue")):
        state.add_new(f"{colour}PaletteColorLookupTableDescriptor", "US", [3, 0, 8])
        state.add_new(f"{colour}PaletteColorLookupTableData", "OW", rows[:, channel].tobytes() + b"\0")

    ours = with_state(VALUES, header_of(VALUES, BitsStored=12), state)

    assert ours[0].tolist() == [[0, 10, 20], [0, 10, 20], [100, 110, 120]]
    assert ours[1, 2].tolist() == [200, 210, 220]


def test_a_color_state_turns_and_cuts() -> None:
    values = numpy.arange(18, dtype=numpy.uint8).reshape(2, 3, 3)

    ours = with_state(values, header_of(values), item_of(SOPClassUID=COLOR, ImageRotation=180))

    assert numpy.array_equal(ours, values[::-1, ::-1])


def test_a_state_of_another_kind_is_refused() -> None:
    with pytest.raises(Unrenderable, match="of this kind"):
        shown(SHADES, SOPClassUID="1.2.840.10008.5.1.4.1.1.11.4")


def test_a_state_that_highdicom_authored_is_applied() -> None:
    values = numpy.arange(64 * 96, dtype=numpy.uint16).reshape(64, 96) % 4096
    picture = source_slice(values)
    picture.update(item_of(BitsStored=12, HighBit=11))
    layer = GraphicLayer("LAYER", order=1)
    annotation = GraphicAnnotation(
        referenced_images=[picture],
        graphic_layer=layer,
        graphic_objects=[
            GraphicObject(
                GraphicTypeValues.POLYLINE,
                graphic_data=numpy.array([[10.0, 10.0], [40.0, 10.0]]),
                units=AnnotationUnitsValues.PIXEL,
            )
        ],
        text_objects=[
            TextObject("note", units=AnnotationUnitsValues.PIXEL, bounding_box=(20.0, 30.0, 80.0, 50.0))
        ],
    )
    state = GrayscaleSoftcopyPresentationState(
        referenced_images=[picture],
        series_instance_uid="1.2.5",
        series_number=3,
        sop_instance_uid="1.2.6",
        instance_number=1,
        manufacturer="A",
        manufacturer_model_name="B",
        software_versions="1",
        device_serial_number="1",
        content_label="STATE",
        graphic_layers=[layer],
        graphic_annotations=[annotation],
        concept_name=codes.DCM.PresentationState,
    )
    assert state.SOPClassUID == GRAYSCALE

    ours = with_state(values, picture, state)

    assert ours.shape == (64, 96)
    assert ours[10, 10:41].min() == 255
    assert ours[30:50, 20:80].max() == 255
    assert abs(int(ours[60, 5]) - values[60, 5] / 4095 * 255) <= 1


def test_deep_values_are_shown_over_their_range() -> None:
    values = numpy.array([[1, 2, 3]], numpy.float32)

    assert with_state(values, header_of(values), Dataset()).tolist() == [[0, 128, 255]]


def test_a_palette_picture_keeps_its_palette() -> None:
    values = numpy.array([[0, 1]], numpy.uint8)
    header = palette_header(values, numpy.array([[1, 2, 3], [4, 5, 6]], numpy.uint8), bits=8)

    ours = with_state(values, header, item_of(SOPClassUID=COLOR, ImageHorizontalFlip="Y"))

    assert ours[0].tolist() == [[4, 5, 6], [1, 2, 3]]
