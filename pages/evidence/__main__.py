"""``python -m pages.evidence``: write the evidence pages, record a run, or print what seeds say."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.whole_file import write_text
from pages.evidence.intervals import expected_lines, interval_lines
from pages.evidence.pages_of import pages_of
from pages.evidence.pictures import redraw


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0, or 2 after a mistake of the user."""
    options = _parser().parse_args(arguments)
    try:
        if options.record or options.mirror:
            _keep(options)
        elif options.redraw:
            for experiment in options.redraw:
                for picture in sorted((experiment / "result").glob("*.png")):
                    print(f"wrote {redraw(picture)}")
        elif options.recompute is not None:
            return _recompute(options.recompute, options.data)
        elif options.expected:
            *runs, experiment = options.expected
            print("\n".join(expected_lines(runs, experiment)))
        elif options.intervals:
            for experiment in options.intervals:
                print("\n".join(interval_lines(experiment)))
        else:
            _write_pages(options.root)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pages.evidence", description=__doc__)
    parser.add_argument("--root", type=Path, default=Path(), help="the project's folder; default: here")
    parser.add_argument(
        "--record",
        nargs="+",
        type=Path,
        metavar="FOLDER",
        help="run folders, then an experiment's folder: keep summary, metrics and figure of the first run in result/, "
        "and of all, which may have other seeds, the errors, the baselines in their folders and the angles",
    )
    parser.add_argument(
        "--keep",
        action="store_true",
        help="with --record: of the older record keep the seeds and baselines that these runs lack, "
        "summary, metrics and figure unless a run has their seed, and the angles unless these runs measured them with "
        "all of its seeds",
    )
    parser.add_argument(
        "--redraw",
        nargs="+",
        type=Path,
        metavar="EXPERIMENT",
        help="experiments' folders: draw every picture in result/ again from its record, without receptive fields",
    )
    parser.add_argument(
        "--intervals",
        nargs="+",
        type=Path,
        metavar="EXPERIMENT",
        help="experiments' folders: print the mean test error of the recorded seeds with its 95 %% interval, and the "
        "distance from each baseline, paired by seed",
    )
    parser.add_argument(
        "--recompute",
        nargs="*",
        metavar="CIRCUIT",
        help="names of trained circuits, or run folders: compute their test answers again in plain NumPy, from the "
        "trained weights, and compare them with those recorded; default: all circuits of the zoo that it knows",
    )
    parser.add_argument("--data", type=Path, help="with --recompute: folder of the datasets")
    parser.add_argument(
        "--expected",
        nargs="+",
        type=Path,
        metavar="FOLDER",
        help="run folders with new seeds, then an experiment's folder: print whether their test errors are within the "
        "95 %% prediction interval of the recorded seeds",
    )
    parser.add_argument(
        "--mirror",
        nargs="+",
        type=Path,
        metavar="FOLDER",
        help="run folders with training.engine=mirror, then an experiment's folder: keep their errors as "
        "result/mirror.json, and print whether they are those to expect of another seed in Brian2",
    )
    return parser


def _write_pages(root: Path) -> None:
    claims = root / "docs" / "claims.toml"
    if not claims.is_file():
        raise UserError(Mistake(str(claims), "no such file", suggestion="Run this in the project's folder."))
    for page, text in pages_of(root).items():
        (root / page).parent.mkdir(exist_ok=True)
        write_text(root / page, text)
        print(f"wrote {root / page}")


def _recompute(asked: Sequence[str], data: Path | None) -> int:
    """Print what is found of each circuit; return 1 if one answer differs."""
    from pages.evidence.recompute import known_of_zoo, recompute

    found = [recompute(what, data) for what in asked or known_of_zoo()]
    for each in found:
        errors = (
            f"{key} {error:.2f} % (recorded {each.recorded[key]:.2f})"
            for key, error in each.wrong.items()
            if key in each.recorded
        )
        answers = "" if each.other < 0 else f"; {each.other} of {each.items} answers differ"
        print(f"{each.what}: {', '.join(errors)}{answers}{'' if each.agrees else '  NOT THE SAME'}")
    return 0 if all(each.agrees for each in found) else 1


def _keep(options: argparse.Namespace) -> None:
    """Record runs, or runs in the mirror, and say where and what."""
    *runs, experiment = options.record or options.mirror
    if not runs:
        option, allowed = "--record" if options.record else "--mirror", "run folders, then an experiment's folder"
        raise UserError(Mistake(option, "one folder is not enough", str(experiment), allowed))
    if options.record:
        from pages.evidence.recording import record_result

        result = record_result(runs[0], experiment, *runs[1:], keep=options.keep)
        size = sum(file.stat().st_size for file in result.iterdir() if file.is_file())
        print(f"wrote {result} ({size / 1000:.0f} kB)")
        return
    from pages.evidence.mirrored import mirrored, record_mirror

    print(f"wrote {record_mirror(runs, experiment)}")
    seeds, errors, _, expected, within = mirrored(experiment) or ("",) * 5
    print(f"{experiment}: in the mirror {errors} % with seeds {seeds}; expected {expected} %: {within}")


if __name__ == "__main__":
    sys.exit(main())
