import '../../components/tokens.css'
import '../../components/base.css'
import { mount } from 'svelte'
import { startLanguage } from '../../shell/language.svelte.ts'
import { startTheme } from '../../shell/theme.svelte.ts'
import Alone from './Alone.svelte'

startLanguage()
startTheme()
const target = document.getElementById('app')
if (target) mount(Alone, { target })
