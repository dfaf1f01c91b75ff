"""What has to be in place before the processes start: weights, static files, tables. Each step does nothing when done."""

import hashlib
import io
import pathlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

from launch.lifeline import die_with_parent
from launch.problems import CannotStart

NO_NETWORK = 3
STATIC_STAMP = ".collected"


def fetch_weights(models: pathlib.Path, environment: dict[str, str], is_stopping: Callable[[], bool]) -> str:
    """Fetch the weights of the built-in provider. Returns a sentence about what is missing, or nothing."""
    fetching = subprocess.Popen([sys.executable, "-m", "engines.fetch", "--dest", str(models)], env=environment, preexec_fn=die_with_parent)
    while fetching.poll() is None:
        if is_stopping():
            fetching.terminate()
        time.sleep(0.02)
    code = fetching.returncode
    if code == 0 or is_stopping():
        return ""
    if code == NO_NETWORK:
        return "The built-in model could not be fetched: no network. Everything else works; the next start with a network fetches it."
    return f"The built-in model could not be fetched (code {code}; the lines above say why). Everything else works."


def collect_static() -> bool:
    """Give every static file its hashed name, when one of them changed. Returns whether that was done."""
    from django.conf import settings
    from django.core.management import call_command

    root = pathlib.Path(settings.STATIC_ROOT)
    stamp = root / STATIC_STAMP
    seen = _static_fingerprint()
    if stamp.exists() and stamp.read_text() == seen:
        return False
    print("Preparing static files …", flush=True)
    root.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(seen)
    return True


def _static_fingerprint() -> str:
    digest = hashlib.sha256()
    for line in _static_files():
        digest.update(line.encode())
    return digest.hexdigest()


def _static_files() -> Iterator[str]:
    """Size and time tell that a file changed; reading all of them would cost more than the start may take."""
    from django.contrib.staticfiles.finders import get_finders

    for finder in get_finders():
        for name, storage in finder.list([]):
            path = pathlib.Path(storage.path(name))
            facts = path.stat()
            yield f"{name}\0{path}\0{facts.st_size}\0{facts.st_mtime_ns}\n"


def migrate() -> bool:
    """Bring the tables up to date. Returns whether there was anything to do."""
    from django.core.management import call_command
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        print("Preparing the database …", flush=True)
        call_command("migrate", interactive=False, verbosity=0)
    except DatabaseError as error:
        raise CannotStart(f"The database cannot be used: {str(error).strip()}") from error
    finally:
        connection.close()
    return True


def setup_path() -> str:
    """Where a person goes first: to the first account, with its token, or, when there is one, to the start page."""
    from django.core.management import CommandError, call_command
    from django.db import connection

    token = io.StringIO()
    try:
        call_command("setup_token", stdout=token)
    except CommandError:
        return "/"
    finally:
        connection.close()
    return f"/setup/?token={token.getvalue().strip()}"
