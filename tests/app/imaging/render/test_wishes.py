"""Wishes: each parameter of PS3.18 8.3.5 read, and each mistake told by its name."""

import pickle

import pytest
from pydicom import Dataset

from app.imaging.render.windows import LINEAR, LINEAR_EXACT, SIGMOID, GreyWindow
from app.imaging.render.wishes import JPEG, PNG, Viewport, Wish, read_uri_wish, read_wish
from graph.errors import Invalid


def test_without_parameters_a_wish_is_for_the_picture_as_it_is() -> None:
    assert read_wish({}, JPEG) == Wish(media_type=JPEG, quality=100)


def test_all_parameters_are_read() -> None:
    wish = read_wish(
        {
            "quality": "75",
            "viewport": "512,256,-1.5,2,-100,50.25",
            "window": "40,400.5,linear-exact",
            "annotation": "patient,technique",
            "iccprofile": "srgb",
            "overlays": "yes",
            "other": "is not looked at",
        },
        PNG,
    )

    assert wish == Wish(
        media_type=PNG,
        quality=75,
        viewport=Viewport(width=512, height=256, left=1.5, top=2, across=-100, down=50.25),
        window=GreyWindow(40, 400.5, LINEAR_EXACT),
        annotation=frozenset({"patient", "technique"}),
        iccprofile="srgb",
        overlays=True,
    )


def test_parts_of_a_viewport_may_be_left_out() -> None:
    assert read_wish({"viewport": "512,256"}, JPEG).viewport == Viewport(width=512, height=256)
    assert read_wish({"viewport": "512,256,,,100,50"}, JPEG).viewport == Viewport(
        width=512, height=256, across=100, down=50
    )
    assert read_wish({"viewport": "512,256,7"}, JPEG).viewport == Viewport(width=512, height=256, left=7)


@pytest.mark.parametrize(
    ("text", "function"), [("linear", LINEAR), ("linear-exact", LINEAR_EXACT), ("sigmoid", SIGMOID)]
)
def test_windows_have_three_functions(text: str, function: str) -> None:
    assert read_wish({"window": f"-600,1500,{text}"}, JPEG).window == GreyWindow(-600, 1500, function)


def test_annotations_that_are_not_known_are_told_apart() -> None:
    wish = read_wish({"annotation": "technique,radiation"}, JPEG)

    assert (wish.annotation, wish.unheeded) == ({"technique"}, ("radiation",))


MISTAKES = [
    *(("quality", text) for text in ("", "0", "101", "-1", "9.5", "ten", "050", "٣")),
    *(("viewport", text) for text in ("", "512", "512,", "0,512", "512,-3", "1e3,2", "9000,10", "5,5,x")),
    *(("viewport", text) for text in ("5,5,1,1,0,4", "5,5,a,,,", "5,5,,,1,1,1", "5,5,nan,,,", "5,5,inf,,,")),
    *(("window", text) for text in ("", "40", "40,400", "40,400,cubic", "40,0,sigmoid", "40,400,LINEAR")),
    *(
        ("window", text)
        for text in ("40,0.5,linear", ",400,linear", "nan,1,linear", "1e999,1,linear", "1,2,,")
    ),
    *(("annotation", text) for text in ("", "patient,", "pa tient", "<script>")),
    *(("iccprofile", text) for text in ("", "cmyk", "no,yes")),
    ("overlays", "maybe"),
]


@pytest.mark.parametrize(("name", "text"), MISTAKES)
def test_a_mistake_is_told_by_its_parameter(name: str, text: str) -> None:
    with pytest.raises(Invalid) as raised:
        read_wish({name: text}, JPEG)

    assert raised.value.location == name
    assert "<" not in raised.value.message


def test_a_media_type_without_profiles_takes_no_profile() -> None:
    with pytest.raises(Invalid) as raised:
        read_wish({"iccprofile": "yes"}, "image/gif")

    assert raised.value.location == "iccprofile"
    assert read_wish({"iccprofile": "no"}, "image/gif").iccprofile == "no"


def test_a_thumbnail_has_a_size_and_nothing_else() -> None:
    assert read_wish({"viewport": "64,64", "window": "x"}, JPEG, thumbnail=True) == Wish(
        viewport=Viewport(width=64, height=64)
    )
    with pytest.raises(Invalid):
        read_wish({"viewport": "64,64,0,0,5,5"}, JPEG, thumbnail=True)


@pytest.mark.parametrize(("name", "text"), [("viewport", "9,9,0,0,5,5"), ("window", "40,400,linear")])
def test_a_presentation_state_says_it_itself(name: str, text: str) -> None:
    with pytest.raises(Invalid) as raised:
        read_wish({name: text}, JPEG, presented=True)

    assert raised.value.location == name


def test_parameters_of_a_uri_are_read() -> None:
    wish = read_uri_wish(
        {
            "imageQuality": "60",
            "columns": "300",
            "region": "0.25,0.5,0.75,1",
            "windowCenter": "40",
            "windowWidth": "400",
            "annotation": "patient",
        },
        JPEG,
    )

    assert wish == Wish(
        quality=60,
        viewport=Viewport(width=300, left=0.25, top=0.5, across=0.5, down=0.5, relative=True),
        window=GreyWindow(40, 400),
        annotation=frozenset({"patient"}),
    )
    assert read_uri_wish({}, JPEG) == Wish()


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("imageQuality", {"imageQuality": "0"}),
        ("rows", {"rows": "0"}),
        ("columns", {"columns": "a"}),
        ("region", {"region": "0,0,1"}),
        ("region", {"region": "0.5,0,0.5,1"}),
        ("region", {"region": "0,0,1,1.5"}),
        ("windowWidth", {"windowCenter": "40"}),
        ("windowCenter", {"windowWidth": "40"}),
        ("windowWidth", {"windowCenter": "40", "windowWidth": "0"}),
    ],
)
def test_a_mistake_in_a_uri_is_told_by_its_parameter(name: str, parameters: dict[str, str]) -> None:
    with pytest.raises(Invalid) as raised:
        read_uri_wish(parameters, JPEG)

    assert raised.value.location == name


def test_a_wish_goes_to_another_process() -> None:
    presentation = Dataset()
    presentation.ContentLabel = "ONE"
    wish = Wish(window=GreyWindow(1, 2), viewport=Viewport(width=5), presentation=presentation)

    assert pickle.loads(pickle.dumps(wish)) == wish
