/* Shown when the page's own script cannot even start. Plain old JavaScript: an old browser must understand it. */
;(function () {
  if (/[?&#]embed(=1?)?(&|#|$)/.test(location.search + location.hash)) document.documentElement.className = 'embedded'
  function cause(event) {
    if (location.protocol === 'file:')
      return 'it was opened as a file, and browsers load its parts only from a server. Start one with "npm start", or open the page at its address on the web.'
    if (window.origin === 'null')
      return 'it stands in a frame with the attribute sandbox. Its server must send the header "Access-Control-Allow-Origin: *", or the attribute must also hold allow-same-origin.'
    if (event.message) return event.message + '. Open the page in a current browser.'
    if (navigator.onLine === false) return 'there is no connection to the server. Reload the page once there is one.'
    return 'a part of the page did not arrive. Reload the page. If that does not help, the server or the network keeps the part back.'
  }
  addEventListener(
    'error',
    function (event) {
      var message = document.getElementById('boot-message')
      if (message) message.textContent = 'natlab could not start: ' + cause(event)
    },
    true,
  )
})()
