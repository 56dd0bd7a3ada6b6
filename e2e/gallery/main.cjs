/** Shows the one address that it is given, in a window of a fixed size: for the pictures of the gallery. */
const { app, BrowserWindow } = require('electron');

const address = process.argv.find((word) => word.startsWith('http://127.0.0.1:')) ?? 'about:blank';

app.whenReady().then(() => {
  const window = new BrowserWindow({
    width: 1000,
    height: 700,
    useContentSize: true,
    frame: false,
  });
  return window.loadURL(address);
});
