#!/bin/sh
# Says which Python is to be used, as its path: deploy/python.sh [PYTHON]...
#
# Of those named (else python3 and each that was tried) it is the first that this version was tried on; else the first that is newer, with a warning. Where
# there is none, what is missing is said, and the exit code is 1. Any system's plain shell runs it.
set -u

OLDEST=11
NEWEST=14
INSTALL='On Debian or Ubuntu: apt install python3 python3-venv.'
ANOTHER='Or name one: make run PYTHON=/path/to/python3.12'

if [ $# -eq 0 ]; then
  set -- python3
  minor=$NEWEST
  while [ "$minor" -ge "$OLDEST" ]; do
    set -- "$@" "python3.$minor"
    minor=$((minor - 1))
  done
fi

newer='' bare='' old=''
for each in "$@"; do
  path=$(command -v "$each") || continue
  # Debian takes ensurepip, without which no virtual environment gets its pip, out of python3.
  said=$("$path" -c '
import sys
try:
    import ensurepip, venv
    print("%d %d whole" % sys.version_info[:2])
except ImportError:
    print("%d %d bare" % sys.version_info[:2])
' 2>/dev/null) || continue
  case $said in 3\ [0-9]*) ;; *) continue ;; esac
  minor=${said#3 } whole=${said##* }
  minor=${minor%% *}
  if [ "$minor" -lt "$OLDEST" ]; then
    old=${old:-"$each is Python 3.$minor"}
  elif [ "$whole" = bare ]; then
    bare=${bare:-"$each is Python 3.$minor without its venv module"}
  elif [ "$minor" -le "$NEWEST" ]; then
    echo "$path"
    exit 0
  elif [ -z "$newer" ]; then
    newer=$path newest=3.$minor
  fi
done

if [ -n "$newer" ]; then
  echo "Python $newest is newer than what this version was tried on (3.$OLDEST to 3.$NEWEST); going on." >&2
  echo "$newer"
elif [ -n "$bare" ]; then
  echo "Samsyn needs Python's venv module, and $bare." >&2
  echo "On Debian or Ubuntu: apt install python3-venv. $ANOTHER" >&2
  exit 1
else
  found="found none as: $*"
  echo "Samsyn needs Python 3.$OLDEST or later with its venv module, and ${old:-$found}." >&2
  echo "$INSTALL $ANOTHER" >&2
  exit 1
fi
