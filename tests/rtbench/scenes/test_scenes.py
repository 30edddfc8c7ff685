"""rtbench.scenes: what is drawn, and that what is said about it is true."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest

from rt1062.errors import SetupError
from rtbench.scenes import (
    CLASSES,
    Scene,
    classification_scene,
    clothing,
    contact_sheet,
    counting_scene,
    render,
)
from rtbench.scenes.backdrops import HELD_OUT, SEEN, STYLES
from rtbench.scenes.person import POSES
from rtbench.scenes.render import BUILDERS, build
from rtbench.scenes.sampling import sample_person
from rtbench.scenes.scene import MINIMUM_VISIBLE_FRACTION, Backdrop, Camera, Light, Optics, Thing

GREY = [120, 120, 120]


def person_thing(x=0.0, y=5.0, identity=1, size=1.7, heading=180.0):
    colours = [[220, 180, 150], [40, 30, 20], [200, 40, 40], [40, 40, 160], [20, 20, 20], GREY]
    return Thing("person", identity, x, y, heading, size, "plain", "stand", 0.0, colours, 7)


def plain_scene(*things, focal=100.0):
    """A scene without blur, noise and shading: pixels tell who is where."""
    return Scene(
        "counting", "test", 0, "person", False,
        Camera(1.0, 0.0, 0.0, focal),
        Backdrop("gradient", "linear", 1),
        Light(1.0, 0.0, 0.0, 1.0, 1.0, 0.0, "daylight"),
        Optics(0.0, 0.0, 0, 0.0),
        list(things),
    )  # fmt: skip


@pytest.mark.parametrize("sample", [classification_scene, counting_scene])
def test_scene_from_its_json_renders_to_the_same_bytes(sample):
    for seed in range(6):
        scene = sample(seed, "test")
        again = Scene.from_json(scene.to_json())
        assert again == scene
        first, second = render(scene), render(again)
        assert first.image.tobytes() == second.image.tobytes()
        assert first.truth == second.truth


def test_same_seed_gives_the_same_scene_and_another_split_another():
    assert classification_scene(5, "train") == classification_scene(5, "train")
    texts = {replace(classification_scene(5, s), split="").to_json() for s in ("train", "test")}
    assert len(texts) == 2


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version":2}', "null", '{"version":1,"camera":{}}']
)
def test_text_that_is_no_scene_is_refused(text):
    with pytest.raises(SetupError, match="scene"):
        Scene.from_json(text)


def test_training_draws_the_background_twice_as_often():
    labels = [classification_scene(seed, "train").label for seed in range(12)]
    assert labels == [*CLASSES, "background"] * 2


def test_picture_is_an_rgb_frame_and_classes_take_turns():
    for seed, label in enumerate(CLASSES):
        drawn = render(classification_scene(seed, "validation"))
        assert drawn.image.shape == (96, 96, 3)
        assert drawn.image.dtype == np.uint8
        assert drawn.truth.label == label
        assert [item.kind for item in drawn.truth.objects] == ([] if seed == 0 else [label])


def test_occluded_target_stays_recognisable():
    fractions = [
        render(classification_scene(seed, "validation")).truth.objects[0].visible_fraction
        for seed in range(1, 150)
        if seed % 5
    ]
    assert min(fractions) > 0.3
    assert any(fraction < 0.9 for fraction in fractions)


def test_counting_scenes_have_0_to_8_persons_in_turn():
    for seed in range(9):
        drawn = render(counting_scene(seed))
        assert len(drawn.truth.objects) <= seed
        assert len(drawn.truth.persons) >= seed - 3
    assert render(counting_scene(3, persons=0)).truth.persons == ()


def test_box_encloses_exactly_the_pixels_that_the_person_changes():
    empty, with_person = render(plain_scene()), render(plain_scene(person_thing()))
    rows, columns = np.nonzero((empty.image != with_person.image).any(axis=2))
    (truth,) = with_person.truth.objects
    left, top, right, bottom = truth.box
    assert abs(left - columns.min()) < 1
    assert abs(top - rows.min()) < 1
    assert abs(right - columns.max() - 1) < 1
    # Without direct light there is no shadow to widen the picture's change below.
    assert abs(bottom - rows.max() - 1) < 1
    assert truth.visible_fraction == 1.0


def test_nearer_person_hides_the_farther_and_truth_is_sorted_by_depth():
    beside = person_thing(x=0.5, y=8.0, identity=2)
    near, far = render(plain_scene(beside, person_thing(y=4.0, identity=1))).truth.objects
    assert (near.identity, far.identity) == (1, 2)
    assert near.visible_fraction == 1.0
    assert 0.1 < far.visible_fraction < 1.0
    behind = plain_scene(person_thing(y=8.0, identity=2), person_thing(y=4.0, identity=1))
    assert [item.identity for item in render(behind).truth.objects] == [1]


def test_visible_fraction_of_two_halves_adds_up():
    alone = render(plain_scene(person_thing(y=8.0))).truth.objects[0]
    assert alone.visible_fraction == 1.0
    covered = render(plain_scene(person_thing(y=8.0), person_thing(x=0.12, y=5.0, identity=2)))
    hidden = covered.truth.objects[-1]
    assert 0.0 < hidden.visible_fraction < 1.0
    assert hidden.full_box == alone.full_box


def test_picture_edge_counts_as_hiding():
    inside = render(plain_scene(person_thing(x=0.0, y=5.0))).truth.objects[0]
    at_edge = render(plain_scene(person_thing(x=2.4, y=5.0))).truth.objects[0]
    assert inside.visible_fraction == 1.0
    assert at_edge.visible_fraction == pytest.approx(0.5, abs=0.25)
    assert at_edge.box[2] == 96.0


def test_person_outside_the_picture_is_no_truth():
    assert render(plain_scene(person_thing(x=9.0))).truth.objects == ()


def test_size_in_the_picture_follows_the_pinhole():
    near = render(plain_scene(person_thing(y=4.0))).truth.objects[0]
    far = render(plain_scene(person_thing(y=8.0))).truth.objects[0]
    heights = [item.box[3] - item.box[1] for item in (near, far)]
    assert heights[0] / heights[1] == pytest.approx(2.0, rel=0.12)
    assert heights[1] == pytest.approx(100.0 * 1.7 / 8.0, rel=0.1)


def test_persons_below_the_least_fraction_do_not_count():
    for seed in range(8, 200, 9):
        truth = render(counting_scene(seed)).truth
        for item in truth.objects:
            assert (item in truth.persons) == (item.visible_fraction >= MINIMUM_VISIBLE_FRACTION)


def test_held_out_styles_appear_in_the_test_split_only():
    held_out = {name for styles in HELD_OUT.values() for name in styles}
    for split in ("train", "validation"):
        for seed in range(60):
            scene = classification_scene(seed, split)
            assert not scene.held_out
            assert scene.backdrop.style not in held_out
            assert scene.light.style not in ("low_sun", "fluorescent")
            assert not {thing.style for thing in scene.things} & set(clothing.HELD_OUT)
    flags = [classification_scene(seed, "test").held_out for seed in range(200)]
    assert 0.4 < np.mean(flags) < 0.6
    shown = {classification_scene(seed, "test").backdrop.style for seed in range(400)}
    assert held_out <= shown


@pytest.mark.parametrize("kind", sorted(BUILDERS))
def test_everything_that_can_stand_there_is_drawn(kind):
    style = {"car": "suv", "bicycle": "racing", "dog": "hound", "person": "plain"}.get(kind, "")
    count = {"person": 6}.get(kind, 3)
    thing = Thing(kind, 1, 0.0, 6.0, 70.0, 1.5, style, "stand", 0.3, [GREY] * count, 3)
    lit = plain_scene(thing)
    assert (render(lit).image != render(plain_scene()).image).any()


@pytest.mark.parametrize("style", [*clothing.SEEN, *clothing.HELD_OUT])
@pytest.mark.parametrize("pose", POSES)
def test_every_pose_stands_on_the_ground(style, pose):
    thing = replace(person_thing(), style=style, pose=pose, phase=0.3)
    heights = [point[2] for point in build(thing).points]
    assert min(heights) == pytest.approx(0.018 * thing.size_m, abs=1e-6)
    assert max(heights) < 1.35 * thing.size_m


@pytest.mark.parametrize(("kind", "style"), [(k, s) for k in STYLES for s in STYLES[k]])
def test_every_backdrop_can_be_drawn_from_any_camera(kind, style):
    for seed, pitch in enumerate((-30.0, -5.0, 10.0, 45.0, 70.0)):
        scene = plain_scene()
        scene.backdrop = Backdrop(kind, style, seed)
        scene.camera = Camera(2.0, pitch, 1.0, 100.0)
        assert render(scene).image.std() > 0


def test_styles_of_a_kind_are_seen_or_held_out_but_not_both():
    for kind in STYLES:
        assert set(SEEN[kind]) & set(HELD_OUT[kind]) == set()


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match=r"split must be one of .*, not 'exam'"):
        classification_scene(0, "exam")
    with pytest.raises(ValueError, match=r"label must be one of .*, not 'cat'"):
        classification_scene(0, "train", label="cat")
    with pytest.raises(ValueError, match="persons must be 0 to 8, not 9"):
        counting_scene(0, persons=9)
    with pytest.raises(ValueError, match="seed must be 0 or more, not -1"):
        counting_scene(-1)
    with pytest.raises(ValueError, match=r"kind must be one of .*, not 'ghost'"):
        build(replace(person_thing(), kind="ghost"))


def test_axes_are_recorded_with_every_picture():
    axes = render(counting_scene(4, "test")).truth.axes
    assert set(axes) == {
        "light", "blur", "noise", "scale", "occlusion", "clutter", "camera_height", "backdrop",
        "style",
    }  # fmt: skip
    json.dumps(asdict(render(counting_scene(4, "test")).truth))


def test_noise_and_light_act_on_the_picture_as_named():
    scene = plain_scene(person_thing())
    quiet = render(scene).image.astype(int)
    noisy = render(replace(scene, optics=Optics(0.0, 10.0, 1, 0.0))).image.astype(int)
    assert 6 < (noisy - quiet).std() < 14
    dark = render(replace(scene, light=replace(scene.light, level=0.5))).image
    assert dark.mean() == pytest.approx(quiet.mean() / 2, rel=0.03)


def test_contact_sheet_shows_every_scene():
    scenes = [counting_scene(seed) for seed in range(5)]
    sheet = contact_sheet(scenes, [render(scene) for scene in scenes], columns=3, zoom=2)
    assert sheet.size == (3 * 196 + 4, 2 * 209 + 4)
    with pytest.raises(ValueError, match="scenes must be as many as pictures"):
        contact_sheet([], [])


def test_sampled_person_has_every_colour_in_range():
    random = np.random.default_rng(0)
    for _ in range(50):
        thing = sample_person(random, held_out=False)
        assert len(thing.colours) == 6
        assert all(0 <= channel <= 255 for colour in thing.colours for channel in colour)
