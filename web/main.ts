import './components/tokens.css'
import './components/base.css'
import { mount } from 'svelte'
import App from './shell/App.svelte'
import { findBase } from './shell/base.svelte.ts'
import { awaitInstallOffer } from './shell/install.svelte.ts'
import { startLanguage } from './shell/language.svelte.ts'
import { findSession } from './shell/session.svelte.ts'
import { startTheme } from './shell/theme.svelte.ts'

startLanguage()
startTheme()
awaitInstallOffer()
void findBase()
void findSession().catch(() => undefined)
const target = document.getElementById('app')
if (target) mount(App, { target })
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  addEventListener('load', () => void navigator.serviceWorker.register('/service-worker.js').catch(() => undefined))
}
