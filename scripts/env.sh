# Sourced by scripts/demo and scripts/test: makes .venv inside the clone, with what requirements.lock names and the
# project itself. It needs python3 (3.11 or newer) and pip, and never root. The second time it only compares a digest.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv
stamp=$venv/netwright-lock.sha256
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore

stop() {
    printf '%s\n' "$@" >&2
    exit 1
}

digest() { # the clone's place counts too: an environment does not survive being moved
    { printf '%s\n' "$root"; cat "$root/requirements.lock" "$root/pyproject.toml"; } | sha256sum | cut -d' ' -f1
}

# Debian keeps `ensurepip` in python3-venv, so a plain `python3 -m venv` fails on a fresh machine. An environment
# without pip of its own needs neither: the machine's pip fills it (`pip --python`, since pip 22.3).
pip_of_venv() {
    if "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        "$venv/bin/python" -m pip "$@"
    elif python3 -m pip --version >/dev/null 2>&1; then
        python3 -m pip --python "$venv/bin/python" "$@"
    elif "$venv/bin/python" -m ensurepip >/dev/null 2>&1; then
        "$venv/bin/python" -m pip "$@"
    else
        stop "this Python has no pip, and packages cannot be installed without it. On Debian or Ubuntu, once:" \
            "    sudo apt-get install python3-pip"
    fi
}

# What pip is doing, in few lines: every tenth package it fetches, and when it begins to install. Its errors are on stderr.
told() {
    fetched=0
    while IFS= read -r line; do
        case $line in
        Collecting\ *)
            fetched=$((fetched + 1))
            if [ $((fetched % 10)) -eq 0 ]; then echo "  $fetched of $1 packages fetched" >&2; fi
            ;;
        "Installing collected packages"*) echo "  installing them" >&2 ;;
        esac
    done
}

command -v python3 >/dev/null || stop "netwright needs Python 3.11 or newer. On Debian or Ubuntu, once:" \
    "    sudo apt-get install python3 python3-pip"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    stop "netwright needs Python 3.11 or newer; python3 here is $(python3 -c 'import platform; print(platform.python_version())')"

wanted=$(digest)
if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    packages=$(grep -c '^[A-Za-z0-9]' "$root/requirements.lock")
    echo "preparing .venv, once: $packages packages of requirements.lock (one to five minutes)" >&2
    "$venv/bin/python" -c '' 2>/dev/null || python3 -m venv --clear --without-pip "$venv"
    pip_of_venv install --progress-bar off --require-hashes -r "$root/requirements.lock" | told "$packages"
    echo "  netwright itself" >&2
    pip_of_venv install --quiet --no-deps --no-build-isolation --editable "$root"
    "$venv/bin/python" -m compileall -q "$root/src" # pip compiles what it installs, not what it links to
    printf '%s\n' "$wanted" >"$stamp"
    echo "  .venv is ready" >&2
fi
