"""The question and the answer: the head of a report and its first section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from brainlearn.report.blocks import Beside, Block, Facts, Listing, Section, Words
from brainlearn.report.circuit import drawing
from brainlearn.report.runs import Run, groups_of
from brainlearn.report.words import duration, number, percent
from brainlearn.results.comparison import spread
from brainlearn.results.run_folder import EXPERIMENT


@dataclass(frozen=True)
class Headline:
    """One number that matters, its meaning, and what it is compared with."""

    value: str
    name: str
    beside: str = ""


def headlines(runs: Sequence[Run]) -> list[Headline]:
    """Return the numbers of the first run that a reader wants first."""
    found = runs[0].summary
    lines = []
    if found["test_error_percent"] is not None:
        lines.append(Headline(percent(found["test_error_percent"]), "test error", _target(runs[0])))
        lines += _over_seeds(runs)
    elif found["validation_error_percent"] is not None:
        lines.append(Headline(percent(found["validation_error_percent"]), "validation error", "not tested"))
    if (tested := found.get("episodes", {}).get("test_total_reward")) is not None:
        lines.append(Headline(number(tested), "reward", "of an episode after learning"))
        lines.append(Headline(f"{number(found['episodes']['test_latency'])} s", "latency", "of the same episodes"))
    rivals = [run for run in runs[1:] if run.baseline and run.summary["test_error_percent"] is not None]
    if rivals and not runs[0].baseline:
        best = min(rivals, key=lambda run: run.summary["test_error_percent"])
        lines.append(Headline(percent(best.summary["test_error_percent"]), "best baseline", best.label))
    if found.get("forgetting_percent") is not None:
        lines.append(Headline(percent(found["forgetting_percent"]), "forgetting", "rise of errors after each task"))
    if found["spikes_per_presentation"] is not None:
        lines.append(Headline(number(found["spikes_per_presentation"]), "spikes", "in a presentation"))
    shown = f"{found['epochs']} epochs, {found['presentations']:,} presentations"
    lines.append(Headline(duration(found["train_seconds"]), "training", shown))
    if found["peak_memory_mb"] is not None:
        lines.append(Headline(f"{found['peak_memory_mb']:,.0f} MB", "memory", "of the process at most"))
    return lines


def _over_seeds(runs: Sequence[Run]) -> list[Headline]:
    """Return the mean error of the first run and of those that differ from it in their seed only."""
    group = groups_of(runs)[0]
    pair = spread(group.values("test_error_percent"))
    if not group.several or pair is None:
        return []
    return [
        Headline(
            f"{pair[0]:.2f} ± {pair[1]:.2f} %", "mean test error", f"of {len(group.runs)} seeds, ± standard deviation"
        )
    ]


def _target(run: Run) -> str:
    asked = run.settings.get("about", {}).get("target_error_percent")
    if asked is None:
        return f"{run.summary['test_presentations']:,} test items"
    reached = run.summary["test_error_percent"] <= asked
    return f"target: {percent(asked)} or less, {'reached' if reached else 'missed'}"


def question(runs: Sequence[Run]) -> Section:
    """Describe the question, the circuit, and every run."""
    blocks: list[Words | Facts | Listing] = []
    asked = _different(run.settings for run in runs)
    for settings in asked:
        about, of = settings.get("about", {}), f" of {settings.get('name', '')}" if len(asked) > 1 else ""
        blocks += [Words(about[key], key.capitalize() + of) for key in ("question", "prediction") if about.get(key)]
    shown_first = (("First run", runs[0].label),) if len(asked) > 1 else ()
    blocks.append(Facts((*shown_first, *_facts(runs[0]))))
    noted = [run for run in runs if run.summary["notes"]]
    blocks += [Words("; ".join(run.summary["notes"]) + ".", f"Note on {run.label}") for run in noted]
    experiments = {text: run for run in reversed(runs) if (text := run.text(EXPERIMENT))}
    for text, run in reversed(experiments.items()):
        blocks.append(Listing("Experiment as run" + (f": {run.label}" if len(experiments) > 1 else ""), text))
    circuit = runs[0].circuit
    shown: tuple[Block, ...] = tuple(blocks) if circuit is None else (Beside(tuple(blocks), drawing(circuit)),)
    return Section("question", "What was asked", shown)


def _different(settings: Any) -> list[dict[str, Any]]:
    """Return one of all settings that ask the same."""
    return list({str(each.get("about", {})): each for each in settings}.values())


def _facts(run: Run) -> tuple[tuple[str, str], ...]:
    attrs, settings = run.tree.attrs, run.settings
    training = settings.get("training", {})
    pairs = [
        ("Circuit", str(attrs["circuit"])),
        ("Environment" if "environment" in settings else "Dataset", str(attrs["dataset"])),
        ("Tasks", ", then ".join(_task(task) for task in settings.get("sequence", []))),
        *rule_facts(str(attrs["rule"]), settings),
        ("Presentation", ", then ".join(_phase(phase) for phase in settings.get("phases", []))),
        ("Training", _training(training)),
        ("Seed", str(attrs["seed"])),
    ]
    return tuple((name, value) for name, value in pairs if value)


def rule_facts(name: str, settings: dict[str, Any]) -> list[tuple[str, str]]:
    """Say by which rule the run learned, or which projections by which of several."""
    several = settings.get("rules", [])
    if not several:
        return [("Rule", name + _in_brackets(settings.get("rule", {}).get("parameters", {})))]
    if name != " + ".join(rule["name"] for rule in several):
        return [("Rule", name)]  # a baseline
    found = []
    for rule in several:
        where = rule.get("projections", "all")
        at = where if isinstance(where, str) else ", ".join(where)
        found.append(("Rule", f"{rule['name']}{_in_brackets(rule.get('parameters', {}))}: {at}"))
    return found


def _phase(phase: dict[str, Any]) -> str:
    nudge = f", nudged with {phase['nudge']:g}" if phase.get("nudge") else ""
    return f"{phase.get('name', 'phase')} {_text(phase.get('duration', ''))}{nudge}"


def _task(task: dict[str, Any]) -> str:
    """Describe a task of a sequence in a few words."""
    parts = [task["dataset"].get("name", "")] if task.get("dataset") else []
    for key in ("classes", "labels"):
        parts += [f"{key} {', '.join(map(str, task[key]))}"] if task.get(key) else []
    parts += ["pixels exchanged"] if task.get("permute") is not None else []
    return task["name"] + (f" ({'; '.join(parts)})" if parts else "")


def _training(training: dict[str, Any]) -> str:
    parts = [f"{training[key]:,} {key}" for key in ("epochs", "copies", "samples") if training.get(key)]
    return ", ".join(parts)


def _in_brackets(parameters: dict[str, Any]) -> str:
    return " (" + ", ".join(f"{name} = {_text(v)}" for name, v in parameters.items()) + ")" if parameters else ""


def _text(value: Any) -> str:
    return str(value["text"]) if isinstance(value, dict) and "text" in value else str(value)
