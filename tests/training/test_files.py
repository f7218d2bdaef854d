"""Names of run files."""

from mnist_studio.training.files import new_run_path


def test_runs_started_in_the_same_second_have_names_of_their_own(tmp_path):
    paths = {new_run_path(tmp_path) for _ in range(20)}
    assert len(paths) == 20
    assert all(path.parent == tmp_path and path.suffix == ".npz" for path in paths)


def test_names_sort_by_time_and_suit_every_file_system(tmp_path):
    name = new_run_path(tmp_path).name
    assert name[:2] == "20"
    assert not set(name) & set('<>:"/\\|?* ')
