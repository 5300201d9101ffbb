// Pictures that others keep are fetched when somebody asks for them, without telling where from: not by opening a page.

for (const pictures of document.querySelectorAll(".backoffice-pictures")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "backoffice-link";
  button.textContent = pictures.dataset.show;
  button.addEventListener("click", () => {
    for (const link of pictures.querySelectorAll("a")) {
      const image = document.createElement("img");
      image.referrerPolicy = "no-referrer";
      image.alt = link.textContent;
      image.src = link.href;
      link.replaceChildren(image);
    }
    button.remove();
  });
  pictures.append(" ", button);
}
