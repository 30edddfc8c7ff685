"""A user's own data: ImageFolder for the classification, COCO JSON for the counting."""

import json

import numpy as np
import pytest
from PIL import Image

from models.classification.config import Config
from models.classification.dataset import load_dataset as load_folders
from models.people_counting.config import Config as CountingConfig
from models.people_counting.dataset import load_dataset as load_coco
from models.people_counting.targets import person_boxes
from models.shared import rendered
from models.shared.rendered import rendered_samples, through_camera
from rt1062.errors import SetupError
from rtbench.frames import from_rgb565, load_picture, to_rgb565
from rtbench.link.frame_record import FrameRecord
from rtbench.logger.collector import Arrival, Wish
from rtbench.logger.folder import LogFolder, Session


def picture(path, colour=(200, 40, 40), size=(120, 100)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)


def folders(root, per_class=10):
    for label, colour in (("cat", (250, 10, 10)), ("mouse", (10, 250, 10))):
        for number in range(per_class):
            picture(root / label / f"{number}.png", colour)
    return root


def coco(root, **changes):
    for split in ("train", "validation", "test"):
        picture(root / split / "a.png", size=(192, 96))
        table = {
            "images": [{"id": 1, "file_name": "a.png"}],
            "categories": [{"id": 7, "name": "person"}, {"id": 8, "name": "dog"}],
            "annotations": [
                {"id": 1, "image_id": 1, "category_id": 7, "bbox": [60, 10, 20, 50]},
                {"id": 2, "image_id": 1, "category_id": 7, "bbox": [40, 10, 40, 50]},
                {"id": 3, "image_id": 1, "category_id": 7, "bbox": [0, 10, 40, 50]},
                {"id": 4, "image_id": 1, "category_id": 8, "bbox": [60, 10, 20, 50]},
            ],
            **changes,
        }
        (root / f"{split}.json").write_text(json.dumps(table))
    return root


def test_picture_goes_through_the_camera_s_own_code():
    random = np.random.default_rng(0)
    image = random.integers(0, 256, (96, 96, 3), np.uint8)
    seen = through_camera(image)
    assert np.array_equal(seen, from_rgb565(to_rgb565(image)))
    assert set(np.unique(seen[..., 0])) <= {value << 3 | value >> 2 for value in range(32)}
    assert np.array_equal(through_camera(seen), seen)


def test_folders_are_classes_and_every_picture_is_in_one_split(tmp_path):
    data = load_folders(Config(), folders(tmp_path))
    assert data.labels == ("cat", "mouse")
    files = [t["file"] for s in (data.train, data.validation, data.test) for t in s.truths]
    assert len(files) == len(set(files)) == 20
    for samples in (data.train, data.validation, data.test):
        assert set(data.indices(samples)) == {0, 1}
    shown = data.train.images[list(data.indices(data.train)).index(1)]
    expected = through_camera(load_picture(tmp_path / "mouse" / "0.png"))
    assert np.array_equal(shown, expected)


def test_tree_that_is_split_already_stays_so(tmp_path):
    for split, count in (("train", 4), ("validation", 2), ("test", 3)):
        folders(tmp_path / split, count)
    data = load_folders(Config(), tmp_path)
    assert [len(s) for s in (data.train, data.validation, data.test)] == [8, 4, 6]


def logged(root, session, split, labels, boxes=()):
    """A session of `rtbench log`, two frames of each label; their pixels by file."""
    random = np.random.default_rng(len(session) + len(split))
    folder = LogFolder(root, Session(session, "log", "0x2642", split))
    pixels = {}
    for label in labels * 2:
        data = to_rgb565(random.integers(0, 256, (96, 96, 3), np.uint8))
        entry = folder.add(Arrival(Wish(label, boxes=boxes), FrameRecord(data, label=label)))
        pixels[str(root / entry.file)] = data
    folder.close()
    return pixels


def test_folder_of_the_logger_is_read_as_it_is_and_split_by_session(tmp_path):
    pixels = {}
    sessions = {"20260101T000000": "train", "20260102T000000": "train",
                "20260103T000000": "validation", "20260104T000000": "test"}  # fmt: skip
    for session, split in sessions.items():
        pixels |= logged(tmp_path, session, split, ("cat", "dog"))
    logged(tmp_path, "20260105T000000", "train", ("",))  # frames without a label teach nothing
    data = load_folders(Config(), tmp_path)
    assert data.labels == ("cat", "dog")
    seen = 0
    for split, samples in (
        ("train", data.train), ("validation", data.validation), ("test", data.test)
    ):  # fmt: skip
        for image, truth in zip(samples.images, samples.truths, strict=True):
            assert np.array_equal(image, from_rgb565(pixels[truth["file"]]))
            folder, name = truth["file"].split("/")[-2:]
            assert folder == truth["label"]
            assert sessions[name.split("-")[0]] == split
            seen += 1
    assert seen == len(pixels) == 16


def test_logged_folder_whose_session_is_missing_says_which_to_log(tmp_path):
    logged(tmp_path, "20260101T000000", "train", ("cat", "dog"))
    logged(tmp_path, "20260102T000000", "validation", ("cat",))
    said = "no session of split validation has dog; log one with --split validation"
    with pytest.raises(SetupError, match=said):
        load_folders(Config(), tmp_path)


def test_logged_folder_of_one_label_is_refused(tmp_path):
    logged(tmp_path, "20260101T000000", "train", ("cat",))
    with pytest.raises(SetupError, match="frames of two or more labels"):
        load_folders(Config(), tmp_path)


def test_logged_folder_with_boxes_trains_the_counter(tmp_path):
    pixels = {}
    boxes = {
        "train": ((8, 10, 40, 60),),
        "validation": ((0, 0, 20, 30), (50, 10, 70, 90)),
        "test": ((1, 2, 30, 40),),
    }
    for day, split in enumerate(boxes, 1):
        pixels |= logged(tmp_path, f"2026010{day}T000000", split, ("",), boxes[split])
        logged(tmp_path, f"2026010{day}T120000", split, ("",))  # nobody is in it
    data = load_coco(CountingConfig(), tmp_path)
    assert [len(one) for one in (data.train, data.validation, data.test)] == [4, 4, 4]
    counted = [person_boxes(truth)[0] for truth in data.validation.truths]
    assert [len(boxes) for boxes in counted] == [2, 2, 0, 0]
    assert person_boxes(data.train.truths[0]) == ([[8, 10, 40, 60]], [])
    known = {from_rgb565(one).tobytes() for one in pixels.values()}
    assert {one.tobytes() for one in data.test.images[:2]} <= known


def test_logged_folder_without_boxes_cannot_train_the_counter(tmp_path):
    logged(tmp_path, "20260101T000000", "train", ("cat", "dog"))
    said = "no session of split train has boxes of persons; log one with --task count --split train"
    with pytest.raises(SetupError, match=said):
        load_coco(CountingConfig(), tmp_path)


def test_wrong_trees_are_refused_with_the_name(tmp_path):
    with pytest.raises(SetupError, match="no such directory"):
        load_folders(Config(), tmp_path / "absent")
    with pytest.raises(SetupError, match="two or more folders"):
        load_folders(Config(), tmp_path)
    root = folders(tmp_path / "tree")
    (root / "bird").mkdir()
    with pytest.raises(SetupError, match="bird: class without samples"):
        load_folders(Config(), root)
    picture(root / "bird" / "one.png")
    with pytest.raises(SetupError, match="bird: 1 pictures, a class needs 8"):
        load_folders(Config(), root)


def test_unreadable_picture_is_named(tmp_path):
    root = folders(tmp_path)
    (root / "cat" / "broken.png").write_bytes(b"no picture")
    with pytest.raises(SetupError, match=r"broken\.png"):
        load_folders(Config(), root)


def test_splits_with_other_classes_are_refused(tmp_path):
    for split in ("train", "validation", "test"):
        folders(tmp_path / split, 2)
    picture(tmp_path / "test" / "bird" / "one.png")
    with pytest.raises(SetupError, match="its classes must be cat, mouse"):
        load_folders(Config(), tmp_path)


def test_coco_boxes_follow_the_crop(tmp_path):
    data = load_coco(CountingConfig(), coco(tmp_path))
    count, ignore = person_boxes(data.test.truths[0])
    # 192x96 is cropped by 48 on either side; the third person is cut off entirely.
    assert count == [[12.0, 10.0, 32.0, 60.0], [0.0, 10.0, 32.0, 60.0]]
    assert ignore == []
    assert data.train.images.shape == (1, 96, 96, 3)


def test_coco_person_that_is_mostly_cut_off_or_a_crowd_is_ignored(tmp_path):
    annotations = [
        {"id": 1, "image_id": 1, "category_id": 7, "bbox": [0, 10, 50, 50]},
        {"id": 2, "image_id": 1, "category_id": 7, "bbox": [60, 10, 20, 50], "iscrowd": 1},
    ]
    data = load_coco(CountingConfig(), coco(tmp_path, annotations=annotations))
    count, ignore = person_boxes(data.train.truths[0])
    assert count == []
    assert len(ignore) == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"categories": [{"id": 7, "name": "cat"}]}, 'no category "person"'),
        ({"images": []}, "not COCO JSON"),
        ({"images": [], "annotations": []}, "no picture in it"),
        ({"annotations": []}, "class without samples"),
        ({"images": [{"id": 1, "file_name": "absent.png"}]}, r"absent\.png: no such picture"),
        ({"annotations": [{"id": 5, "image_id": 1, "category_id": 7}]}, "annotation 5 has no bbox"),
        (
            {"annotations": [{"id": 5, "image_id": 1, "category_id": 7, "bbox": [1, 1, 0, 5]}]},
            "annotation 5 has an empty bbox",
        ),
    ],
)
def test_wrong_coco_files_are_refused(changes, message, tmp_path):
    with pytest.raises(SetupError, match=message):
        load_coco(CountingConfig(), coco(tmp_path, **changes))


def test_file_that_is_no_json_is_refused(tmp_path):
    root = coco(tmp_path)
    (root / "test.json").write_text("{")
    with pytest.raises(SetupError, match=r"test\.json: not COCO JSON"):
        load_coco(CountingConfig(), root)
    (root / "test.json").unlink()
    with pytest.raises(SetupError, match=r"test\.json: cannot be read"):
        load_coco(CountingConfig(), root)


def test_rendered_scenes_are_drawn_once_and_then_read(tmp_path, monkeypatch):
    monkeypatch.setattr(rendered, "CACHE", tmp_path)
    first = rendered_samples("counting", "validation", 6, workers=1)
    files = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    again = rendered_samples("counting", "validation", 6, workers=1)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == files
    assert np.array_equal(first.images, again.images)
    assert first.truths == again.truths
    assert len(first) == 6


@pytest.mark.parametrize("task", ["classification", "people_counting"])
def test_own_data_needs_a_folder_of_its_own(task, tmp_path, capsys):
    main = __import__(f"models.{task}.__main__", fromlist=["main"]).main
    assert main(["--data", str(tmp_path)]) == 2
    assert "--data needs --out" in capsys.readouterr().err
    assert main(["--epochs", "0"]) == 2
    assert "--epochs must be 1 or more" in capsys.readouterr().err
