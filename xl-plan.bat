@echo off
rem Double-click: a numbered menu. A folder dropped on this file is merged.
setlocal
chcp 65001 >nul
cd /d "%~dp0"
set PYTHONUTF8=1
if exist "python\python.exe" (
  "python\python.exe" -m xl_plan.cli.menu "%~1"
) else if exist ".venv\Scripts\python.exe" (
  ".venv\Scripts\python.exe" -m xl_plan.cli.menu "%~1"
) else (
  py -3 -m xl_plan.cli.menu "%~1"
)
pause
