#!/bin/sh
# Installs Mingjian from this folder, or updates an older one, without a network: sh install.sh [FOLDER]
set -eu
umask 022
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
place=${1:-$HOME/mingjian}

stop() { echo "不能安装：$1" >&2; exit 2; }
stated() { sed -n "s/^$1=//p" "$here/BUNDLE"; }

echo "1/5 核对文件"
cd "$here"
sha256sum --quiet --strict -c SHA256SUMS >/dev/null 2>&1 ||
  stop "有文件缺失或与校验值不符；请重新拷贝离线安装包，核对 .sha256 后再试。"
[ "$(find . -type f ! -name SHA256SUMS | wc -l)" = "$(wc -l <SHA256SUMS)" ] ||
  stop "文件夹里有离线安装包以外的文件；请解开到一个空文件夹再试。"

echo "2/5 检查系统"
wanted=$(stated python)
python=${PYTHON:-}
for name in "python$wanted" python3; do
  [ -n "$python" ] || python=$(command -v "$name") || python=""
done
[ -n "$python" ] || stop "没有找到 Python $wanted；请由管理员安装，或用 PYTHON=路径 指明。"
"$python" - "$wanted" "$(stated machine)" "$(stated glibc)" <<'ASK' || exit 2
import platform, sys
wanted, machine, glibc = sys.argv[1:]
def stop(reason):
    print("不能安装：" + reason, file=sys.stderr)
    sys.exit(2)
if ".".join(map(str, sys.version_info[:2])) != wanted:
    stop(f"这个安装包用 Python {wanted}，找到的是 {platform.python_version()}；请安装 {wanted}，或用 PYTHON=路径 指明。")
if platform.machine() != machine:
    stop(f"这个安装包用于 {machine}，本机是 {platform.machine()}；请在同类机器上另做安装包。")
library, version = platform.libc_ver()
if library != "glibc" or tuple(map(int, version.split("."))) < tuple(map(int, glibc.split("."))):
    stop(f"需要 glibc {glibc} 或更新，本机是 {library or '其他 C 库'} {version}；请换用较新的系统。")
try:
    import ssl, sqlite3, venv
except ImportError as missing:
    stop(f"Python 缺少 {missing.name} 模块；请由管理员补装完整的 Python {wanted}。")
ASK
mkdir -p "$place/versions" 2>/dev/null || stop "不能写入 $place；请换一个文件夹，或由管理员安装。"
place=$(CDPATH='' cd -- "$place" && pwd)
free=$(df -Pm "$place" | awk 'NR==2 {print $4}')
[ "$free" -ge "$(stated needs_mb)" ] || stop "$place 只剩 $free MB，安装需要 $(stated needs_mb) MB；请清理磁盘后再试。"
if ! command -v fc-list >/dev/null || [ -z "$(fc-list :lang=zh-cn 2>/dev/null | head -n 1)" ]; then
  echo "  本机没有中文字体（如 fonts-noto-cjk）：在本机浏览器里汉字可能显示成方框；从别的电脑打开不受影响，程序照常运行。"
fi
browser=""
for name in chromium chromium-browser google-chrome microsoft-edge firefox; do
  command -v "$name" >/dev/null && browser=$name
done
[ -n "$browser" ] || echo "  本机没有浏览器：请从别的电脑打开网页（见说明.txt）；程序照常运行。"
if [ -n "${MINGJIAN_DATABASE:-}" ]; then
  echo "  数据库由 MINGJIAN_DATABASE 指定：本机文件会自动备份，PostgreSQL 请先自行用 pg_dump 备份。"
else
  echo "  数据存在本机文件里，不需要数据库软件；多人长期使用可改接 PostgreSQL。"
fi
exec 9>"$place/.running"
if command -v flock >/dev/null && ! flock -n 9; then
  stop "明鉴正在运行；请先停下它，再装一次。"
fi

echo "3/5 安装程序和依赖"
name=$(stated commit)
version=$place/versions/$name
if [ -f "$version/complete" ]; then
  echo "  这个版本已经装好，不再重装。"
else
  rm -rf "$version"
  mkdir -p "$version"
  cp -R program "$version/program"
  "$python" -m venv --without-pip "$version/venv"
  pip=$(ls "$here"/wheels/pip-*.whl)
  # nothing of this machine's own pip settings may point it elsewhere
  if ! PIP_CONFIG_FILE=/dev/null "$version/venv/bin/python" "$pip/pip" install --isolated --no-index --no-deps --no-cache-dir \
    --disable-pip-version-check --require-hashes --find-links wheels -r locked.txt >"$version/pip.log" 2>&1; then
    tail -n 3 "$version/pip.log" >&2
    stop "依赖没有装上，详情见 $version/pip.log；请把它交给维护人员。"
  fi
  "$version/venv/bin/python" -m compileall -q "$version/program" >/dev/null || true
  touch "$version/complete"
fi

echo "4/5 准备数据"
PYTHONPATH=$version/program MINGJIAN_HOME=${MINGJIAN_HOME:-$place/home} "$version/venv/bin/python" -P -m bundle.home ||
  stop "数据没有准备好；程序未切换，原来的版本仍可使用。"

echo "5/5 切换到这个版本"
before=$(readlink "$place/current" 2>/dev/null || true)
ln -sfn "versions/$name" "$place/current.new"
mv -T "$place/current.new" "$place/current"
cp "$version/program/bundle/run.sh" "$place/run.sh.new"
chmod 755 "$place/run.sh.new"
mv "$place/run.sh.new" "$place/run.sh"
if [ -n "$before" ] && [ "$before" != "versions/$name" ]; then
  echo "  原来的版本还在 $place/$before；确认新版本无误后可删去。"
fi
echo "已装好。启动：$place/run.sh"
echo "然后打开 http://127.0.0.1:${MINGJIAN_PORT:-7860}"
