/*
 * WinShell.dll: what electron-builder's one-click template asks of the NSIS plug-in of that name.
 * The app's id (its AppUserModelID) ties windows, shortcuts and notifications together.
 *
 *   SetLnkAUMI            shortcut, id   writes the id into the shortcut
 *   UninstShortcut        shortcut       takes it off the taskbar and the start menu's pins
 *   UninstAppUserModelId  id             forgets the id's recent documents
 */
#define COBJMACROS
#define INITGUID
#include <windows.h>
#include <shlobj.h>
#include <propsys.h>
#include <propvarutil.h>
#include <nsis/pluginapi.h>

#define EXPORT(name)                                                                              \
  __declspec(dllexport) void name(HWND window, int string_size, wchar_t *variables,               \
                                  stack_t **stacktop, extra_parameters *extra)
#define PATH_MAX_CHARACTERS 1024
#define ID_MAX_CHARACTERS 256

/* PKEY_AppUserModel_ID, propkey.h. */
static const PROPERTYKEY app_user_model_id = {
    {0x9F4C2855, 0x9F79, 0x4B39, {0xA8, 0xD0, 0xE1, 0xD4, 0x2D, 0xE1, 0xD5, 0xF3}}, 5};

static void write_id(const wchar_t *shortcut, wchar_t *id) {
  IShellLinkW *link = NULL;
  IPersistFile *file = NULL;
  IPropertyStore *properties = NULL;
  if (SUCCEEDED(CoCreateInstance(&CLSID_ShellLink, NULL, CLSCTX_INPROC_SERVER, &IID_IShellLinkW,
                                 (void **)&link)) &&
      SUCCEEDED(IShellLinkW_QueryInterface(link, &IID_IPersistFile, (void **)&file)) &&
      SUCCEEDED(IPersistFile_Load(file, shortcut, STGM_READWRITE)) &&
      SUCCEEDED(IShellLinkW_QueryInterface(link, &IID_IPropertyStore, (void **)&properties))) {
    PROPVARIANT value = {.vt = VT_LPWSTR, .pwszVal = id};
    if (SUCCEEDED(IPropertyStore_SetValue(properties, &app_user_model_id, &value))) {
      IPropertyStore_Commit(properties);
      IPersistFile_Save(file, shortcut, TRUE);
    }
  }
  if (properties) IPropertyStore_Release(properties);
  if (file) IPersistFile_Release(file);
  if (link) IShellLinkW_Release(link);
}

EXPORT(SetLnkAUMI) {
  EXDLL_INIT();
  wchar_t shortcut[PATH_MAX_CHARACTERS], id[ID_MAX_CHARACTERS];
  popstringn(shortcut, PATH_MAX_CHARACTERS);
  popstringn(id, ID_MAX_CHARACTERS);
  CoInitialize(NULL);
  write_id(shortcut, id);
  CoUninitialize();
}

EXPORT(UninstShortcut) {
  EXDLL_INIT();
  wchar_t shortcut[PATH_MAX_CHARACTERS];
  popstringn(shortcut, PATH_MAX_CHARACTERS);
  CoInitialize(NULL);
  IStartMenuPinnedList *pins = NULL;
  IShellItem *item = NULL;
  if (SUCCEEDED(SHCreateItemFromParsingName(shortcut, NULL, &IID_IShellItem, (void **)&item)) &&
      SUCCEEDED(CoCreateInstance(&CLSID_StartMenuPin, NULL, CLSCTX_INPROC_SERVER,
                                 &IID_IStartMenuPinnedList, (void **)&pins))) {
    IStartMenuPinnedList_RemoveFromList(pins, item);
  }
  if (pins) IStartMenuPinnedList_Release(pins);
  if (item) IShellItem_Release(item);
  CoUninitialize();
}

EXPORT(UninstAppUserModelId) {
  EXDLL_INIT();
  wchar_t id[ID_MAX_CHARACTERS];
  popstringn(id, ID_MAX_CHARACTERS);
  CoInitialize(NULL);
  IApplicationDestinations *recent = NULL;
  if (SUCCEEDED(CoCreateInstance(&CLSID_ApplicationDestinations, NULL, CLSCTX_INPROC_SERVER,
                                 &IID_IApplicationDestinations, (void **)&recent))) {
    IApplicationDestinations_SetAppID(recent, id);
    IApplicationDestinations_RemoveAllDestinations(recent);
    IApplicationDestinations_Release(recent);
  }
  CoUninitialize();
}
