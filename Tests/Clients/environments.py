"""The virtual environments that hold the clients, made from requirements.txt beside this file and kept while that stays as it is."""

import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
FOLDER = HERE.parents[1] / ".clients"
INSTALL_SECONDS = 600


def requirements() -> dict[str, list[str]]:
    """The packages of each environment."""
    packages: dict[str, list[str]] = {}
    name = ""
    for line in (HERE / "requirements.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            name = line.strip("[]")
        elif line and not line.startswith("#"):
            packages.setdefault(name, []).append(line)
    return packages


def python(name: str) -> pathlib.Path:
    return FOLDER / name / "bin/python"


def install() -> str | None:
    """Makes what is missing; why that is not possible, or nothing."""
    for name, packages in requirements().items():
        mark = FOLDER / name / ".installed"
        wanted = "\n".join([sys.version, *packages])
        if mark.exists() and mark.read_text(encoding="utf-8") == wanted:
            continue
        print(f"installing {' '.join(packages)}", flush=True)
        commands = [
            [sys.executable, "-m", "venv", "--clear", FOLDER / name],
            [python(name), "-m", "pip", "--disable-pip-version-check", "--no-cache-dir", "install", "--quiet", *packages],
        ]
        for command in commands:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
            )
            if done.returncode != 0:
                return (done.stderr or done.stdout).strip()[-2000:]
        mark.write_text(wanted, encoding="utf-8")
    return None
