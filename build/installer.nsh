; What Holdfast's installer does otherwise than electron-builder's template (its `nsis.include`).
;
; The template stops whatever runs under a path that begins like the install folder, lets the old
; version's uninstaller empty that folder, and copies the new files into it; when one file is held,
; the rest is new, and the exit code is 0. Here nothing is stopped and nothing is half done:
;
;   CHECK_APP_RUNNING      customCheckAppRunning: wait, bounded, until nothing runs from the install
;                          folder and nothing holds a file in it; else leave with an exit code
;   uninstallOldVersion    customUnInit of the *old* version: an update has no work for it
;                          customUnInstallCheck: so what it answers does not matter
;   extractUsing7za        replaced: unpack into `<folder>.new`, check, then swap the folders by
;                          renaming; a step that fails puts the old folder back, which is removed
;                          in the end
;   customInstall          the last look
;   uninstaller            customUnInit: Holdfast's command line takes it off the account; what becomes of the
;                          gateways is asked
;                          customRemoveFiles: all or nothing, too
;
; User data, what is staged there, watcher and gateways all live elsewhere: installing never looks at them.
; The app is not started: `nsis.runAfterFinish` is off, and who wants it back starts it.
;
; Nothing here needs PowerShell, which a policy may forbid. Processes are compared by the path of
; their program, with the folder's trailing backslash: neither `Holdfast Data\x.exe` nor a Holdfast.exe
; elsewhere counts.
;
; Options   --wait=N       seconds to wait for the app (default 30)
;           --keep-old     leave the replaced version as `<folder>.old`: who updates can go back to it, and
;                          keeps it as `<folder>.kept` later
;           --gateways=W   what becomes of the gateways when it is uninstalled: keep (they run on) or stop
; Exit codes, besides NSIS's own 1 (cancelled) and 2 (aborted):
!define HOLDFAST_STILL_RUNS 10   ; something still runs from the install folder; nothing was changed
!define HOLDFAST_FILE_HELD 11    ; a program elsewhere holds a file there; nothing was changed
!define HOLDFAST_NOT_UNPACKED 12 ; the new version did not unpack whole (disk full?); nothing was changed
!define HOLDFAST_NOT_SWAPPED 13  ; the folders could not be renamed; the old version is in its place
!define HOLDFAST_NOT_OURS 14     ; the folder holds something, but no Holdfast; nothing was changed
!define HOLDFAST_NOT_WHOLE 15    ; installed, but the last look found a file missing
!define HOLDFAST_ON_ACCOUNT 16   ; Holdfast could not be taken off the account; the app was not removed

!include LogicLib.nsh
!include FileFunc.nsh

!define HOLDFAST_WAIT_SECONDS 30
!define HOLDFAST_LOOK_EVERY_MS 250
; Room for so many bytes of process ids, four each.
!define HOLDFAST_PIDS_BYTES 65536
; OpenProcess: PROCESS_QUERY_LIMITED_INFORMATION, all that asking for the path needs.
!define HOLDFAST_MAY_ASK 0x1000
; CreateFile: GENERIC_READ | GENERIC_WRITE, not shared, OPEN_EXISTING.
!define HOLDFAST_READ_WRITE 0xC0000000
!define HOLDFAST_SHARING_VIOLATION 32
; A virus scanner lets go of a folder after a moment.
!define HOLDFAST_RENAME_TRIES 8
!define HOLDFAST_RENAME_AGAIN_MS 500

!ifdef BUILD_UNINSTALLER
  !define HOLDFAST_UN "un."
!else
  !define HOLDFAST_UN ""
!endif

Var holdfastProgram ; the program that runs from our folder, or nothing
Var holdfastHeld    ; the file that somebody holds, or nothing

; Leaves with an exit code; says why when somebody watches.
!macro holdfastFail CODE SENTENCE
  MessageBox MB_OK|MB_ICONSTOP "${SENTENCE}" /SD IDOK
  SetErrorLevel ${CODE}
  Quit
!macroend

; Sets $holdfastProgram.
Function ${HOLDFAST_UN}holdfastLookForPrograms
  Push $0 ; the folder, with its backslash
  Push $1 ; how long that is
  Push $2 ; the process ids
  Push $3 ; how many bytes of them
  Push $4 ; the byte we are at
  Push $5 ; one id
  Push $6 ; its handle
  Push $7 ; our own id
  Push $8 ; scratch
  StrCpy $holdfastProgram ""
  System::Call 'kernel32::GetLongPathNameW(w "$INSTDIR\", w .r0, i ${NSIS_MAX_STRLEN}) i .r8'
  ${If} $8 = 0
    StrCpy $0 "$INSTDIR\" ; it is not there yet
  ${EndIf}
  StrLen $1 $0
  System::Call 'kernel32::GetCurrentProcessId() i .r7'
  System::Alloc ${HOLDFAST_PIDS_BYTES}
  Pop $2
  System::Call 'kernel32::K32EnumProcesses(p r2, i ${HOLDFAST_PIDS_BYTES}, *i .r3)'
  StrCpy $4 0
  ${While} $4 < $3
    IntPtrOp $8 $2 + $4
    System::Call '*$8(i .r5)'
    IntOp $4 $4 + 4
    ${If} $5 <> $7
      System::Call 'kernel32::OpenProcess(i ${HOLDFAST_MAY_ASK}, i 0, i r5) p .r6'
      ${If} $6 P<> 0
        StrCpy $holdfastProgram ""
        System::Call 'kernel32::QueryFullProcessImageNameW(p r6, i 0, w .r8, *i ${NSIS_MAX_STRLEN}) i .r5'
        System::Call 'kernel32::CloseHandle(p r6)'
        ${If} $5 <> 0
          StrCpy $holdfastProgram $8
          StrCpy $8 $8 $1
          ${If} $8 == $0 ; regardless of case
            ${Break}
          ${EndIf}
          StrCpy $holdfastProgram ""
        ${EndIf}
      ${EndIf}
    ${EndIf}
  ${EndWhile}
  System::Free $2
  Pop $8
  Pop $7
  Pop $6
  Pop $5
  Pop $4
  Pop $3
  Pop $2
  Pop $1
  Pop $0
FunctionEnd

; For ${Locate}: is the file $R9 held? Ours may be: an uninstaller can run from the folder.
Function ${HOLDFAST_UN}holdfastLookAtFile
  Push $0
  Push $1
  ${If} $R9 != $EXEPATH
    System::Call 'kernel32::CreateFileW(w R9, i ${HOLDFAST_READ_WRITE}, i 0, p 0, i 3, i 0, p 0) p .r0 ?e'
    Pop $1
    ${If} $0 P<> -1
      System::Call 'kernel32::CloseHandle(p r0)'
    ${ElseIf} $1 = ${HOLDFAST_SHARING_VIOLATION}
      StrCpy $holdfastHeld $R9
    ${EndIf}
  ${EndIf}
  Pop $1
  Pop $0
  ${If} $holdfastHeld == ""
    Push ""
  ${Else}
    Push "StopLocate"
  ${EndIf}
FunctionEnd

; Sets $holdfastHeld.
Function ${HOLDFAST_UN}holdfastLookForHeldFiles
  StrCpy $holdfastHeld ""
  ${Locate} "$INSTDIR" "/L=F /G=1" "${HOLDFAST_UN}holdfastLookAtFile"
FunctionEnd

; Returns when nothing runs from the install folder and nothing holds a file in it, else not at all.
Function ${HOLDFAST_UN}holdfastWait
  Push $0 ; milliseconds left
  Push $1
  again:
  ${GetParameters} $1
  ClearErrors
  ${GetOptions} $1 "--wait=" $0
  ${If} ${Errors}
    StrCpy $0 ${HOLDFAST_WAIT_SECONDS}
  ${EndIf}
  ClearErrors
  IntOp $0 $0 * 1000
  ${Do}
    Call ${HOLDFAST_UN}holdfastLookForPrograms
    StrCpy $holdfastHeld ""
    ${If} $holdfastProgram == ""
      Call ${HOLDFAST_UN}holdfastLookForHeldFiles
      ${If} $holdfastHeld == ""
        ${Break}
      ${EndIf}
    ${EndIf}
    ${If} $0 <= 0
      ${Break}
    ${EndIf}
    Sleep ${HOLDFAST_LOOK_EVERY_MS}
    IntOp $0 $0 - ${HOLDFAST_LOOK_EVERY_MS}
  ${Loop}
  ${If} $holdfastProgram != ""
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$holdfastProgram is still running. Close it, then try again." /SD IDCANCEL IDRETRY again
    SetErrorLevel ${HOLDFAST_STILL_RUNS}
    Quit
  ${EndIf}
  ${If} $holdfastHeld != ""
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "Another program holds $holdfastHeld. Close it, then try again." /SD IDCANCEL IDRETRY again
    SetErrorLevel ${HOLDFAST_FILE_HELD}
    Quit
  ${EndIf}
  Pop $1
  Pop $0
FunctionEnd

!macro customCheckAppRunning
  !ifndef BUILD_UNINSTALLER
    Call holdfastPutBack
    !include "installer-swap.nsh" ; the template has defined by now what this replaces
  !endif
  Call ${HOLDFAST_UN}holdfastWait
!macroend

!ifdef BUILD_UNINSTALLER

; Ends the background service and removes what it has left (task, programs, PATH) by `holdfast uninstall`. Nobody is
; asked when it is silent: gateways run on then, unless --gateways= says otherwise. The template has made it silent
; by now in any case, so the command line tells.
Function un.holdfastOffAccount
  Push $0 ; our words; then what the command line answered
  Push $1 ; what becomes of the gateways
  Push $2 ; whether somebody watches
  Push $3 ; Holdfast's own programs
  ${GetParameters} $0
  StrCpy $2 "asked"
  ClearErrors
  ${GetOptions} $0 "/S" $1
  ${IfNot} ${Errors}
    StrCpy $2 "silent"
  ${EndIf}
  ClearErrors
  ${GetOptions} $0 "--gateways=" $1
  ${If} ${Errors}
    StrCpy $1 "keep"
    ${If} $2 == "asked"
      MessageBox MB_YESNOCANCEL|MB_ICONQUESTION "Stop your gateways, too? Otherwise they run on, and nothing restarts them." IDNO known IDYES stop
      Quit
      stop:
      StrCpy $1 "stop"
    ${EndIf}
  ${EndIf}
  known:
  ClearErrors
  StrCpy $3 "$INSTDIR\resources\holdfast-stage"
  ${If} ${FileExists} "$3\watcher\cli.cjs"
    again:
    nsExec::Exec '"$3\runtime\watcher-node.exe" "$3\watcher\cli.cjs" uninstall --gateways "$1" --yes'
    Pop $0
    ${If} $0 != 0
      ${If} $2 == "asked"
        MessageBox MB_ABORTRETRYIGNORE|MB_ICONEXCLAMATION "Holdfast's background service could not be ended, so it would stay behind. Try again, or ignore this and remove the app only." IDRETRY again IDIGNORE done
      ${EndIf}
      SetErrorLevel ${HOLDFAST_ON_ACCOUNT}
      Quit
    ${EndIf}
  ${EndIf}
  done:
  Pop $3
  Pop $2
  Pop $1
  Pop $0
FunctionEnd

; The new version's installer runs this with --updated. It swaps the whole folder and keeps shortcuts
; and registry entries, so there is nothing to do, and nothing to go wrong.
!macro customUnInit
  ${If} ${isUpdated}
    SetErrorLevel 0
    Quit
  ${EndIf}
  SetOutPath $TEMP ; a folder that we stand in can't be removed
  Call un.holdfastOffAccount
!macroend

; In place of removing what can be removed: nothing is touched while anything is held.
!macro customRemoveFiles
  RMDir /r "$INSTDIR.new"
  RMDir /r "$INSTDIR.old"
  RMDir /r "$INSTDIR.kept"
  ClearErrors
  RMDir /r $INSTDIR
  ${If} ${Errors}
    !insertmacro holdfastFail ${HOLDFAST_FILE_HELD} "Some of $INSTDIR could not be removed."
  ${EndIf}
!macroend

!else

; An installer that was cut off between two renamings left the old version beside its place.
Function holdfastPutBack
  ${IfNot} ${FileExists} "$INSTDIR\${PRODUCT_FILENAME}.exe"
  ${AndIf} ${FileExists} "$INSTDIR.old\${PRODUCT_FILENAME}.exe"
    RMDir "$INSTDIR"
    Rename "$INSTDIR.old" "$INSTDIR"
  ${EndIf}
  ClearErrors
FunctionEnd

; Renames $0 to $1; tries for a while. Leaves the error flag set when it could not.
Function holdfastRename
  Push $2
  StrCpy $2 ${HOLDFAST_RENAME_TRIES}
  ${Do}
    ClearErrors
    Rename $0 $1
    ${IfNot} ${Errors}
      ${Break}
    ${EndIf}
    IntOp $2 $2 - 1
    ${If} $2 <= 0
      SetErrors
      ${Break}
    ${EndIf}
    Sleep ${HOLDFAST_RENAME_AGAIN_MS}
  ${Loop}
  Pop $2
FunctionEnd

; What can't be unpacked into is refused before anything is unpacked.
Function holdfastMakeRoom
  SetOutPath $PLUGINSDIR ; a folder that we stand in can't be renamed
  RMDir $INSTDIR         ; the template made it; it goes when it is empty
  ${If} ${FileExists} "$INSTDIR\*.*"
  ${AndIfNot} ${FileExists} "$INSTDIR\${PRODUCT_FILENAME}.exe"
    !insertmacro holdfastFail ${HOLDFAST_NOT_OURS} "$INSTDIR holds other things. Choose another folder."
  ${EndIf}
  RMDir /r "$INSTDIR.new"
  SetOutPath "$INSTDIR.new"
FunctionEnd

; Is all of it in `$INSTDIR.new`? Who unpacks says nothing about what went wrong; the total size does.
Function holdfastLookThrough
  SetOutPath $PLUGINSDIR
  ${GetSize} "$INSTDIR.new" "/S=0K" $0 $1 $2
  IntOp $0 ${APP_64_UNPACKED_SIZE} - $0 ; one is rounded up, the other down
  ClearErrors
  File "/oname=$INSTDIR.new\Uninstall ${PRODUCT_FILENAME}.exe" "${UNINSTALLER_OUT_FILE}"
  ${If} ${Errors}
  ${OrIf} $0 < 0
  ${OrIf} $0 > 1
  ${OrIfNot} ${FileExists} "$INSTDIR.new\${PRODUCT_FILENAME}.exe"
    RMDir /r "$INSTDIR.new"
    !insertmacro holdfastFail ${HOLDFAST_NOT_UNPACKED} "${PRODUCT_NAME} could not be unpacked. Is the disk full? Nothing was changed."
  ${EndIf}
FunctionEnd

; Puts `$INSTDIR.new` in the place of the old version, if there is one.
Function holdfastSwap
  RMDir /r "$INSTDIR.old"
  ${If} ${FileExists} "$INSTDIR\*.*"
    StrCpy $0 "$INSTDIR"
    StrCpy $1 "$INSTDIR.old"
    Call holdfastRename
    ${If} ${Errors}
      RMDir /r "$INSTDIR.new"
      !insertmacro holdfastFail ${HOLDFAST_NOT_SWAPPED} "$INSTDIR is in use. Nothing was changed."
    ${EndIf}
  ${EndIf}
  StrCpy $0 "$INSTDIR.new"
  StrCpy $1 "$INSTDIR"
  Call holdfastRename
  ${If} ${Errors}
    Rename "$INSTDIR.old" "$INSTDIR"
    RMDir /r "$INSTDIR.new"
    !insertmacro holdfastFail ${HOLDFAST_NOT_SWAPPED} "$INSTDIR could not be replaced. The old version is in its place."
  ${EndIf}
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "--keep-old" $1
  ${If} ${Errors}
    RMDir /r "$INSTDIR.old" ; what can't go now goes next time
  ${EndIf}
  SetOutPath $INSTDIR
  ClearErrors
FunctionEnd

; What the old uninstaller answered: see customUnInit.
!macro customUnInstallCheck
  ClearErrors
!macroend

!macro customInstall
  ${IfNot} ${FileExists} "$INSTDIR\${PRODUCT_FILENAME}.exe"
  ${OrIfNot} ${FileExists} "$INSTDIR\Uninstall ${PRODUCT_FILENAME}.exe"
  ${OrIfNot} ${FileExists} "$INSTDIR\resources\app.asar"
    !insertmacro holdfastFail ${HOLDFAST_NOT_WHOLE} "${PRODUCT_NAME} is not whole. Install it again."
  ${EndIf}
!macroend

!endif
