#!/bin/sh
# Makes .venv and installs the locked requirements: `deploy/setup.sh` what the site needs, `deploy/setup.sh dev` the tools as well.
# A second run compares the lock files with the copies kept in .venv and installs nothing.
set -eu
cd "$(dirname "$0")/.."

venv=.venv
python=$venv/bin/python
kind=${1:-runtime}

case $kind in
runtime) lock=requirements.txt ;;
dev) lock=requirements-dev.txt ;;
*)
    echo "用法：deploy/setup.sh [dev] / Usage: deploy/setup.sh [dev]" >&2
    exit 2
    ;;
esac

# Runs, is new enough, and can make an environment (Debian keeps that in python3-venv).
# The shim of a version that pyenv has not installed fails here and is passed over.
is_fitting() {
    "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
}

# Every interpreter of that name on PATH, and behind pyenv's shims the versions themselves:
# a shim refuses to run at all when the version in .python-version is missing.
find_python() {
    for name in python3.13 python3.14 python3.12 python3; do
        old_ifs=$IFS
        IFS=:
        for folder in $PATH; do
            IFS=$old_ifs
            for candidate in "$folder/$name" "${folder%/shims}"/versions/3.*/bin/"$name"; do
                if [ -x "$candidate" ] && is_fitting "$candidate"; then
                    echo "$candidate"
                    return 0
                fi
            done
        done
        IFS=$old_ifs
    done
    return 1
}

make_venv() {
    if found=$(find_python); then
        "$found" -m venv --clear "$venv"
    elif command -v uv >/dev/null 2>&1; then
        uv venv --quiet --clear --seed "$venv"
    else
        echo "没有找到 Python 3.12 或更新的版本：请安装 Python 3.13（Debian/Ubuntu 还需要 python3-venv），再运行一次。/ No Python 3.12 or newer was found: install Python 3.13 (on Debian/Ubuntu also python3-venv) and run this again." >&2
        exit 1
    fi
}

has_working_venv() {
    [ -x "$python" ] && "$python" -c 'import pip, sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
}

is_installed() {
    cmp -s "$1" "$venv/installed-$1"
}

# The development set contains the site's, so that `make run` after `make test` finds its own already there.
remember() {
    cp requirements.txt "$venv/installed-requirements.txt"
    if [ "$kind" = dev ]; then
        cp requirements-dev.txt "$venv/installed-requirements-dev.txt"
    fi
}

has_working_venv || make_venv
if is_installed requirements.txt && is_installed "$lock"; then
    exit 0
fi
echo "正在安装依赖（只在第一次和锁定文件变化后）…… / Installing requirements (only the first time and after the lock file changed) …"
"$python" -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r "$lock"
remember
