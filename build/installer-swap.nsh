; Replaces the macro of electron-builder's template that copies the new files over the old ones.
; A macro can't define another, so this is a separate file; see installer.nsh.
!macroundef extractUsing7za
!macro extractUsing7za FILE
  Call holdfastMakeRoom
  Nsis7z::Extract "${FILE}"
  Call holdfastLookThrough
  Call holdfastSwap
!macroend
