; Takes the folder of the command line off the user's search path: the switch in the settings put it there.
;
; The path may be longer than a string of NSIS, so it is changed where the system puts it: found, and what stands
; behind it moved over it. Its kind (REG_SZ, REG_EXPAND_SZ) stays. What else is in it stays, to the letter.

!define HOLDFAST_HKCU 0x80000001
!define HOLDFAST_READ_AND_WRITE_KEY 0x3
!define HOLDFAST_BROADCAST 0xffff
!define HOLDFAST_SETTING_CHANGED 0x1a

; $0: the folder, without a backslash at its end. What can't be read or written is left alone.
Function ${HOLDFAST_UN}holdfastOffPath
  Push $1 ; the key
  Push $2 ; its kind
  Push $3 ; its bytes, with room for a NUL
  Push $4 ; the text, with `;` before and behind it
  Push $5 ; where the folder is
  Push $6 ; what stands behind it
  Push $7 ; how much that is; scratch
  Push $8 ; whether it was there
  StrCpy $8 0
  System::Call 'advapi32::RegOpenKeyExW(p ${HOLDFAST_HKCU}, w "Environment", i 0, i ${HOLDFAST_READ_AND_WRITE_KEY}, *p .r1) i .r7'
  ${If} $7 = 0
    System::Call 'advapi32::RegQueryValueExW(p r1, w "Path", p 0, *i .r2, p 0, *i .r3) i .r7'
    ${If} $7 = 0
    ${AndIf} $2 >= 1
    ${AndIf} $2 <= 2
      IntOp $7 $3 + 8
      System::Alloc $7 ; filled with zeros
      Pop $4
      System::Call 'kernel32::lstrcpyW(p r4, w ";")'
      IntPtrOp $5 $4 + 2
      System::Call 'advapi32::RegQueryValueExW(p r1, w "Path", p 0, *i .r2, p r5, *i r3r3)'
      System::Call 'kernel32::lstrcatW(p r4, w ";")'
      ${Do}
        System::Call 'shlwapi::StrStrIW(p r4, w ";$0;") p .r5'
        ${If} $5 P= 0
          System::Call 'shlwapi::StrStrIW(p r4, w ";$0\;") p .r5'
          StrLen $7 ";$0\"
        ${Else}
          StrLen $7 ";$0"
        ${EndIf}
        ${If} $5 P= 0
          ${Break}
        ${EndIf}
        StrCpy $8 1
        IntOp $7 $7 * 2
        IntPtrOp $6 $5 + $7
        System::Call 'kernel32::lstrlenW(p r6) i .r7'
        IntOp $7 $7 + 1
        IntOp $7 $7 * 2
        System::Call 'ntdll::RtlMoveMemory(p r5, p r6, p r7)'
      ${Loop}
      ${If} $8 = 1
        ; Without the first and the last `;`, which are ours.
        System::Call 'kernel32::lstrlenW(p r4) i .r7'
        ${If} $7 <= 1
          System::Call 'advapi32::RegDeleteValueW(p r1, w "Path")'
        ${Else}
          IntOp $7 $7 - 1
          IntOp $3 $7 * 2
          IntPtrOp $5 $4 + $3
          System::Call '*$5(&i2 0)'
          IntPtrOp $5 $4 + 2
          System::Call 'advapi32::RegSetValueExW(p r1, w "Path", i 0, i r2, p r5, i r3)'
        ${EndIf}
        System::Call 'user32::SendMessageTimeoutW(p ${HOLDFAST_BROADCAST}, i ${HOLDFAST_SETTING_CHANGED}, p 0, w "Environment", i 2, i 500, p 0)'
      ${EndIf}
      System::Free $4
    ${EndIf}
    System::Call 'advapi32::RegCloseKey(p r1)'
  ${EndIf}
  Pop $8
  Pop $7
  Pop $6
  Pop $5
  Pop $4
  Pop $3
  Pop $2
  Pop $1
FunctionEnd
