/*
 * SpiderBanner.dll: the plug-in of that name restyles the installer's window; this one shows the
 * plain window. Without /S the user sees a progress bar, and that is enough.
 *
 *   Show  [/OPTION ...] [/ICON file]   its words are taken off the stack; the rest stays
 */
#include <windows.h>
#include <nsis/pluginapi.h>

#define WORD_MAX_CHARACTERS 1024

__declspec(dllexport) void Show(HWND window, int string_size, wchar_t *variables,
                                stack_t **stacktop, extra_parameters *extra) {
  EXDLL_INIT();
  wchar_t word[WORD_MAX_CHARACTERS];
  while (popstringn(word, WORD_MAX_CHARACTERS) == 0) {
    if (word[0] != L'/') {
      pushstring(word);
      break;
    }
    if (lstrcmpiW(word, L"/ICON") == 0) popstringn(word, WORD_MAX_CHARACTERS);
  }
  ShowWindow(window, SW_SHOW);
}
