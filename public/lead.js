/* Leads from the page of a lab to natlab with this lab, and keeps what the link says. */
{
  const { lab } = document.currentScript.dataset
  const { search, hash } = location
  const said = hash.slice(1)
  const named = /[?#&]lab=/.test(search + hash)
  location.replace(`./${search}#${[named ? '' : `lab=${lab}`, said].filter(Boolean).join('&')}`)
}
