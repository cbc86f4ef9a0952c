"""Serve the site with live reload: a changed page alone, new code after a restart.

MkDocs builds anew when a page changes, in the same process, with the modules that it has imported:
after a change in ``src/`` the pages would keep their old values. So one process watches what every
page may depend on (code, templates, the bibliography, the settings) and restarts the other, which
prepares and serves. (watchdog's own AutoRestartTrick has one rule for a process that runs and one
that has ended, and says nothing when it ends.)
"""

import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path

from mkdocs.commands import serve as mkdocs
from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from derivref.site.build import ahead, search, titles
from derivref.site.build.prepare import prepare
from derivref.site.fault import Fault

COMMON = {".py", ".html", ".bib", ".yml"}  # what every page may depend on


class _Changes(FileSystemEventHandler):
    """Sets `code` after a change that concerns every page, and `any` after every change."""

    def __init__(self) -> None:
        self.code, self.any = threading.Event(), threading.Event()

    def on_any_event(self, event: FileSystemEvent) -> None:
        # Importing a module opens it, which is an event too.
        if event.event_type in ("created", "modified", "moved", "deleted"):
            paths = [Path(str(p)) for p in (event.src_path, event.dest_path) if p]
            if any(path.suffix in COMMON for path in paths):
                self.code.set()
            if any(path.is_file() and path.suffix != ".pyc" for path in paths):
                self.any.set()


def supervise(command: list[str], folders: Iterable[str]) -> None:
    """Run `command` for ever, anew after each change that concerns every page.

    Watched are `folders` and the files beside them.

    If it ended by itself, because a page is wrong, any change starts it anew.
    """
    changes, observer = _Changes(), Observer()
    for folder in folders:
        observer.schedule(changes, folder, recursive=True)
    observer.schedule(changes, ".", recursive=False)
    observer.start()
    try:
        while True:
            changes.code.clear()
            changes.any.clear()
            child = subprocess.Popen(command)
            try:
                while child.poll() is None and not changes.code.wait(0.2):
                    pass
                if child.poll() is not None:
                    print("Stopped; waiting for a change.", file=sys.stderr)
                    changes.any.wait()
                else:
                    print("What all pages share has changed: starting anew.", file=sys.stderr)
            finally:
                child.terminate()
                child.wait()
    except KeyboardInterrupt:
        pass
    finally:
        observer.stop()
        observer.join()


def serve() -> None:
    """Prepare, then build and serve until interrupted."""
    # MkDocs removes its temporary folder when it is interrupted, not when it is terminated.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    log = logging.getLogger("mkdocs")
    log.setLevel(logging.INFO)
    log.addHandler(logging.StreamHandler())
    try:
        ahead.compute()
        prepare()
        # Only what has changed: a page that shows another's facts is stale until a restart.
        mkdocs.serve("mkdocs.yml", build_type="dirty", hooks=[titles.__file__, search.__file__])
    except Fault as fault:
        sys.exit(f"The build stopped. {fault}")
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    if "--once" in sys.argv:
        serve()
    else:
        supervise([sys.executable, "-m", "derivref.site.build.serve", "--once"], ["src", "docs"])
