#!/bin/sh
# Starts the installed workbench; with words, the program's commands: run.sh review FOLDER --out FOLDER
set -eu
place=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
program=$place/current/program
export PYTHONPATH="$program"
export MINGJIAN_HOME="${MINGJIAN_HOME:-$place/home}"
# through `current`, so that what the database remembers of it outlives an update
export MINGJIAN_DEMO="${MINGJIAN_DEMO:-$program/demo/mountain-county-2024}"
if [ $# -gt 0 ]; then
  exec "$place/current/venv/bin/python" -P -m "$@"
fi
# held as long as the server lives: install.sh does not migrate under its feet
exec 9>"$place/.running"
if command -v flock >/dev/null && ! flock -n 9; then
  echo "明鉴已在运行；要另开一个，请先停下它。" >&2
  exit 1
fi
exec "$place/current/venv/bin/python" "$program/app.py"
