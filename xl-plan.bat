@echo off
rem Double-click: a numbered menu. A folder dropped on this file is merged, a workbook is checked. At a prompt in this
rem folder, xl-plan and a command does what the manual says.
rem ASCII only, so that no code page can spoil it: what staff read is in xl_plan.cli.menu and docs\windows.
setlocal DisableDelayedExpansion
set "XL_PLAN_PYTHON="
if exist "%~dp0.venv\Scripts\python.exe" set XL_PLAN_PYTHON="%~dp0.venv\Scripts\python.exe"
if exist "%~dp0python\python.exe" set XL_PLAN_PYTHON="%~dp0python\python.exe"
if defined XL_PLAN_PYTHON goto found
set "XL_PLAN_PYTHON=py -3"
py -3 -c "import xl_plan" >nul 2>nul || goto absent
:found
for %%c in (rollover split merge check status view diff publish export rules --help -h --version) do if "%~1"=="%%c" goto command
chcp 65001 >nul
set "XL_PLAN_FROM=%CD%"
set "XL_PLAN_DROPPED="
if not "%~1"=="" set "XL_PLAN_DROPPED=%~f1"
rem Explorer quotes only names with blanks, so that & ends the argument; the line that it started still has the rest.
setlocal EnableDelayedExpansion
set "XL_PLAN_LINE=!CMDCMDLINE!"
setlocal DisableDelayedExpansion
rem Not cd, which knows no shared folders (\\server\share).
pushd "%~dp0"
%XL_PLAN_PYTHON% -X utf8 -m xl_plan.cli.menu
set "XL_PLAN_CODE=%ERRORLEVEL%"
popd
goto ended
:command
%XL_PLAN_PYTHON% -X utf8 -m xl_plan %*
exit /b %ERRORLEVEL%
:absent
chcp 65001 >nul
type "%~dp0docs\windows\not-installed.txt"
set "XL_PLAN_CODE=2"
:ended
pause
rem Explorer starts a cmd for this file alone. It ends here, lest it run what follows an & as a command.
setlocal EnableDelayedExpansion
if defined XL_PLAN_LINE if not "!XL_PLAN_LINE:xl-plan.bat=!"=="!XL_PLAN_LINE!" exit %XL_PLAN_CODE%
exit /b %XL_PLAN_CODE%
