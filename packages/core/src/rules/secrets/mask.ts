/** A secret as it may be shown: enough to know it again, too little to use it. */
export function maskedSecret(secret: string): string {
	return secret.length <= 8 ? `${secret.slice(0, 2)}***` : `${secret.slice(0, 4)}***${secret.slice(-4)}`;
}
