@echo off
rem Double-click: a numbered menu. A folder dropped on this file is merged, a workbook is checked.
rem ASCII only, so that no code page can spoil it: what staff read is in xl_plan.cli.menu and docs\windows.
setlocal DisableDelayedExpansion
chcp 65001 >nul
set "PYTHONUTF8=1"
set "XL_PLAN_FROM=%CD%"
set "XL_PLAN_DROPPED="
if not "%~1"=="" set "XL_PLAN_DROPPED=%~f1"
rem Explorer quotes only names with blanks, so that & ends the argument; the line that it started still has the rest.
setlocal EnableDelayedExpansion
set "XL_PLAN_LINE=!CMDCMDLINE!"
setlocal DisableDelayedExpansion
rem Not cd, which knows no shared folders (\\server\share).
pushd "%~dp0"
if exist "python\python.exe" (
  "python\python.exe" -m xl_plan.cli.menu
) else if exist ".venv\Scripts\python.exe" (
  ".venv\Scripts\python.exe" -m xl_plan.cli.menu
) else (
  py -3 -c "import xl_plan" >nul 2>nul || goto absent
  py -3 -m xl_plan.cli.menu
)
set "XL_PLAN_CODE=%ERRORLEVEL%"
goto ended
:absent
type "docs\windows\not-installed.txt"
set "XL_PLAN_CODE=2"
:ended
popd
pause
rem Explorer starts a cmd for this file alone. It ends here, lest it run what follows an & as a command.
setlocal EnableDelayedExpansion
if defined XL_PLAN_LINE if not "!XL_PLAN_LINE:xl-plan.bat=!"=="!XL_PLAN_LINE!" exit %XL_PLAN_CODE%
exit /b %XL_PLAN_CODE%
