"""Run programs in forks of one process, which pays for its imports once.

It imports nothing of derivref: started by its path (``python -I forked.py``) it is a server whose
forks find derivref not yet imported, like the program of a reader. A line of its input is a job, a
line of its output the answer.
"""

import io
import json
import linecache
import os
import sys
import tempfile
import traceback
import types
import warnings
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any


def run(
    context: Any, code: str, name: str, folder: str = "", limit: float = 300.0
) -> tuple[int, str, str]:
    """Run a program in a process of its own, in `folder`, else in an empty one.

    Parameters
    ----------
    context
        A context of `multiprocessing` whose processes are forks.
    code, name : str
        The program, and the file that its tracebacks name.
    folder : str
        Where it runs.
    limit : float
        The seconds after which it is stopped, a guard against hanging. They count from its first
        line: a fork server may have much to import before.

    Returns
    -------
    line, fault, printed : int, str, str
        `fault` says what is wrong, with the line if it is known, else 0; it is empty after a run
        to the last line without a warning and without output past sys.stdout.
    """
    with tempfile.TemporaryDirectory() as temporary:
        log, empty = Path(temporary, "log"), Path(temporary, "empty")
        log.touch()
        empty.mkdir()
        receive, send = context.Pipe(duplex=False)
        with receive:
            with send:
                arguments = (code, name, folder or str(empty), str(log), send)
                process = context.Process(target=_child, args=arguments)
                process.start()
            answer = _answer(receive, limit)
            if not answer:
                process.kill()
            line, fault, printed = answer or (0, f"still running after {limit:g} s", "")
            process.join()
            if fault and not line and process.exitcode is not None and process.exitcode < 0:
                fault += f" (signal {-process.exitcode})" if answer else ""
            process.close()
        stray = log.read_text(encoding="utf-8", errors="replace")
    if not fault and stray:
        fault = f"writes past sys.stdout, so the page does not show it:\n{stray}"
    return line, fault, str(printed)


def _answer(receive: "Connection[Any, Any]", limit: float) -> tuple[int, str, str] | None:
    """Return line, fault and output of a program, None if it runs for more than `limit` seconds."""
    try:
        receive.recv()
        if not receive.poll(limit):
            return None
        line, fault, printed = receive.recv()
    except EOFError:
        return 0, "ends the process before its last line", ""
    return line, fault, printed


def _child(code: str, name: str, folder: str, log: str, send: "Connection[Any, Any]") -> None:
    os.chdir(folder)
    # What is written past sys.stdout is not on the page.
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    printed = io.StringIO()
    sys.stdout = printed
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    warnings.simplefilter("error")
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    line, fault = 0, ""
    send.send("running")
    try:
        exec(_compile(code, name), module.__dict__)
    except SystemExit as stop:
        line, fault = _line(stop, name), f"calls `exit({stop.code})`: a snippet runs to its end"
    except SyntaxError as error:
        line, fault = error.lineno or 0, f"invalid syntax: {error.msg}"
    except BaseException as error:
        line = _line(error, name)
        inner = error.__traceback__ and error.__traceback__.tb_next  # without this function
        trace = "".join(traceback.format_exception(type(error), error, inner)).strip()
        kind = "warns" if isinstance(error, Warning) else "raises"
        fault = f"{kind} {type(error).__name__}: {error}\n{trace}"
    sys.stderr.flush()
    send.send((line, fault, printed.getvalue()))


def _compile(code: str, name: str) -> types.CodeType:
    compiled: types.CodeType = COMPILE(code, name, "exec", dont_inherit=True)
    return compiled


COMPILE: Any = compile  # what makes functions err replaces it, to reach the operators as well


def _line(error: BaseException, name: str) -> int:
    frames = traceback.extract_tb(error.__traceback__)
    return next((f.lineno or 0 for f in reversed(frames) if f.filename == name), 0)


def serve() -> None:
    """Import what the first line of the input asks for, then answer each job in a fork."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # nothing but answers goes to the client
    start = json.loads(sys.stdin.readline())
    for module in start["imports"]:
        import_module(module)
    if start["jitter"]:
        # By its path: its package would be derivref.
        source = Path(__file__).with_name("jitter.py")
        jitter = types.ModuleType("jitter")
        sys.modules["jitter"] = jitter
        exec(compile(source.read_text("utf-8"), str(source), "exec"), jitter.__dict__)
        globals()["COMPILE"] = jitter.install(start["jitter"])
    context = get_context("fork")
    for job in sys.stdin:
        answers.write(json.dumps(run(context, **json.loads(job))) + "\n")
        answers.flush()


if __name__ == "__main__":
    serve()
