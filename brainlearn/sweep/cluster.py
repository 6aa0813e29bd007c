"""The workers of a sweep: processes on this machine, or those of a Dask scheduler that runs already."""

from __future__ import annotations

import contextlib
import logging
import signal
import sys
from collections.abc import Iterator
from multiprocessing import resource_tracker
from typing import Any

import dask
from dask.system import CPU_COUNT
from distributed import Client, LocalCluster
from distributed.utils import LoopRunner
from tornado.ioloop import IOLoop

from brainlearn.mistakes import Mistake, UserError
from brainlearn.processes.safe_python import nothing_of_the_working_folder
from brainlearn.running.signals import postponed

CONNECTING = 20.0  # seconds to wait for a scheduler
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
SETTINGS = {
    # a worker holds the point that it computes, and no other
    "distributed.scheduler.worker-saturation": 1.0,
    "distributed.nanny.pre-spawn-environ": dict.fromkeys(THREADS, "1"),
}


@contextlib.contextmanager
def client_of(workers: int | None, scheduler: str | None, points: int) -> Iterator[Client]:
    """Give a client of workers of one thread each, while the block runs.

    Parameters
    ----------
    workers : int or None
        Processes to start on this machine; default: one for each core, and no more than there are points.
    scheduler : str or None
        Address of a Dask scheduler, as ``"tcp://host:8786"``; its workers are used instead, and continue afterwards.
    points : int
        How many are to be computed.

    Raises
    ------
    UserError
        If the scheduler does not answer.
    """
    client = _local(workers or max(1, min(points, CPU_COUNT))) if scheduler is None else _remote(scheduler)
    with client as opened:
        yield opened


@contextlib.contextmanager
def _local(workers: int) -> Iterator[Client]:
    with (
        dask.config.set(SETTINGS),
        nothing_of_the_working_folder(),
        _nothing_of_the_script(),
        _deaf_to_ctrl_c() as loop,
        contextlib.ExitStack() as opened,
    ):
        with postponed():  # Dask cannot close a cluster that has begun to start
            cluster = LocalCluster(
                loop=loop,
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                memory_limit=0,  # the system knows best
                dashboard_address="127.0.0.1:0",  # any port that is free
                silence_logs=logging.CRITICAL,
            )
            opened.enter_context(cluster)
            client = Client(cluster, set_as_default=False)  # what else asks Dask in this process is not its affair
            opened.enter_context(client)
        yield client


@contextlib.contextmanager
def _nothing_of_the_script() -> Iterator[None]:
    """Let processes that start within the block leave the running script alone: importing it would run it again."""
    main = sys.modules["__main__"]
    hidden: dict[str, Any] = {
        name: main.__dict__.pop(name) for name in ("__file__", "__spec__") if name in main.__dict__
    }
    main.__spec__ = None
    try:
        yield
    finally:
        for name, value in hidden.items():
            setattr(main, name, value)


@contextlib.contextmanager
def _deaf_to_ctrl_c() -> Iterator[IOLoop]:
    """Give a running event loop whose threads, and so the workers that they start, never see Ctrl-C.

    In a terminal Ctrl-C goes to all processes. Workers would answer it with tracebacks; they end with the cluster.
    """
    resource_tracker.ensure_running()  # at its start it lets Ctrl-C through again, in the thread that starts it
    mask = getattr(signal, "pthread_sigmask", None)  # a thread, and a process, inherits the mask of its parent
    before = mask(signal.SIG_BLOCK, {signal.SIGINT}) if mask else None
    try:
        runner = LoopRunner()
        runner.start()
    finally:
        if mask:
            mask(signal.SIG_SETMASK, before)
    try:
        yield runner.loop
    finally:
        runner.stop()


@contextlib.contextmanager
def _remote(address: str) -> Iterator[Client]:
    try:
        client = Client(address, timeout=CONNECTING, set_as_default=False)
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        hint = "Start one with dask scheduler, and workers with dask worker ADDRESS --nthreads 1."
        allowed = "the address of a Dask scheduler, as tcp://host:8786"
        raise UserError(Mistake(f"--scheduler {address}", "no answer", reason, allowed, hint)) from error
    with client:
        yield client


def check_threads(client: Client) -> None:
    """Raise a UserError if a worker has several threads."""
    several = sorted(worker for worker, threads in client.nthreads().items() if threads > 1)
    if several:
        hint = "Brian2 can run only once per process: start the workers with --nthreads 1."
        raise UserError(Mistake("--scheduler", "workers with several threads", ", ".join(several[:3]), "1 each", hint))
