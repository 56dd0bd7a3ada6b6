/*
 * StdUtils.dll: the four functions of the NSIS plug-in of that name which electron-builder's
 * one-click template calls. Arguments come and answers go over NSIS's own stack.
 *
 *   TestParameter     name                 -> "true" when the command line has /name or --name
 *   GetAllParameters  truncate ("0", "1")  -> the command line without the program
 *   GetParentPath     path                 -> the path without its last part
 *   ExecShellAsUser   file, verb, arguments -> "ok" or "error"; Holdfast's installer never gets there
 */
#include <windows.h>
#include <shellapi.h>
#include <nsis/pluginapi.h>

#define EXPORT(name)                                                                              \
  __declspec(dllexport) void name(HWND window, int string_size, wchar_t *variables,               \
                                  stack_t **stacktop, extra_parameters *extra)

static wchar_t *buffer_of(int characters) {
  return GlobalAlloc(GPTR, (SIZE_T)characters * sizeof(wchar_t));
}

/* What follows the program's name, which may be quoted. */
static const wchar_t *after_program(void) {
  const wchar_t *at = GetCommandLineW();
  if (*at == L'"') {
    for (at++; *at && *at != L'"'; at++) {
    }
    if (*at) at++;
  } else {
    while (*at && *at != L' ') at++;
  }
  while (*at == L' ') at++;
  return at;
}

static BOOL has_parameter(const wchar_t *name) {
  int count = 0;
  wchar_t **words = CommandLineToArgvW(GetCommandLineW(), &count);
  BOOL found = FALSE;
  for (int i = 1; words && i < count && !found; i++) {
    const wchar_t *word = words[i];
    if (*word != L'-' && *word != L'/') continue;
    while (*word == L'-' || *word == L'/') word++;
    int length = 0;
    while (word[length] && word[length] != L'=') length++;
    found = CompareStringW(LOCALE_INVARIANT, NORM_IGNORECASE, word, length, name, -1) == CSTR_EQUAL;
  }
  LocalFree(words);
  return found;
}

EXPORT(TestParameter) {
  EXDLL_INIT();
  wchar_t name[128];
  pushstring(popstringn(name, 128) == 0 && has_parameter(name) ? L"true" : L"false");
}

EXPORT(GetAllParameters) {
  EXDLL_INIT();
  wchar_t truncate[8];
  popstringn(truncate, 8);
  const wchar_t *all = after_program();
  if (lstrlenW(all) < string_size) {
    pushstring(all);
  } else if (truncate[0] == L'1') {
    wchar_t *cut = buffer_of(string_size);
    lstrcpynW(cut, all, string_size);
    pushstring(cut);
    GlobalFree(cut);
  } else {
    pushstring(L"too_long");
  }
}

EXPORT(GetParentPath) {
  EXDLL_INIT();
  wchar_t *path = buffer_of(string_size);
  popstringn(path, string_size);
  int end = lstrlenW(path);
  while (end > 0 && path[end - 1] == L'\\') end--;
  while (end > 0 && path[end - 1] != L'\\') end--;
  if (end > 0) path[end - 1] = 0;
  pushstring(path);
  GlobalFree(path);
}

EXPORT(ExecShellAsUser) {
  EXDLL_INIT();
  wchar_t *arguments = buffer_of(string_size);
  wchar_t *verb = buffer_of(string_size);
  wchar_t *file = buffer_of(string_size);
  popstringn(arguments, string_size);
  popstringn(verb, string_size);
  popstringn(file, string_size);
  /* A per-user installer has no raised token to get rid of. */
  SHELLEXECUTEINFOW call = {
      .cbSize = sizeof call,
      .fMask = SEE_MASK_NOASYNC | SEE_MASK_FLAG_NO_UI,
      .lpVerb = verb,
      .lpFile = file,
      .lpParameters = arguments,
      .nShow = SW_SHOWNORMAL,
  };
  pushstring(ShellExecuteExW(&call) ? L"ok" : L"error");
  GlobalFree(file);
  GlobalFree(verb);
  GlobalFree(arguments);
}
